# Its own start is told on its standard error.
inotifywait --monitor --recursive --format '%w %e %f' "$@" 2>&1 | while IFS= read -r line; do
    case $line in
        'Watches established.') echo ready ;;
        'Setting up watches.'*) ;;
        *) echo "$line" ;;
    esac
done
