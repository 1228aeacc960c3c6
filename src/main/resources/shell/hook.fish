# keystone-agent: names the running sandbox of the project around the current directory in the prompt. Only what
# the shell has built in: this runs before every prompt.
set -g keystone_agent_uid (id -u)
function keystone_agent_prompt
    for file in $XDG_RUNTIME_DIR/keystone-agent/*/prompt /tmp/ka-$keystone_agent_uid/*/prompt
        # In /tmp, anybody can make the directory that is missing, and put there what a shell would wait for.
        test -O (string replace -r '/[^/]*/prompt$' '' -- $file); and test -O $file; and test -f $file; or continue
        read -z -l text <$file
        set -l lines (string split \n -- $text)
        set -l around "$lines[3]/"
        test (string sub -l (string length -- $around) -- "$PWD/") = $around; and test -r /proc/$lines[1]/cmdline; or continue
        # After a crash the number may be another process's.
        set -l runs (string split0 </proc/$lines[1]/cmdline)
        if test "$runs[-2..-1]" = "supervise $lines[2]"
            echo -n "[$lines[2]] "
            return
        end
    end
end
# Many prompts show the last status.
function keystone_agent_status
    return $argv[1]
end
if functions -q fish_prompt; and not functions -q keystone_agent_own_prompt
    functions -c fish_prompt keystone_agent_own_prompt
    function fish_prompt
        set -l last $status
        keystone_agent_prompt
        keystone_agent_status $last
        keystone_agent_own_prompt
    end
end
