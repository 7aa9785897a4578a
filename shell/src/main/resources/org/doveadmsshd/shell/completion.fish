function __doveadm_ssh_candidates
    set -l before (commandline -opc)
    set -l current (commandline -ct | string replace -r '^["\']' '')
    for line in (sh -c $__doveadm_ssh_core sh $before[2..-1] "$current")
        if test "$line" = '<file>'
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c doveadm-ssh -f -k -a '(__doveadm_ssh_candidates)'
