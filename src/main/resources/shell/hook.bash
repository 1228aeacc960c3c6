case ${PS1-} in
    *keystone_agent_prompt*) ;;
    *) PS1='$(keystone_agent_prompt)'${PS1-} ;;
esac
