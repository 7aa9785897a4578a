_doveadm-ssh() {
  local word what
  local -a found shown
  while IFS=$'\t' read -r word what; do
    if [[ $word == '<file>' ]]; then
      _files
    else
      found+=("$word")
      shown+=("$word${what:+  -- $what}")
    fi
  done < <(_doveadm_ssh_candidates "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
  (( ! $#found )) || compadd -l -d shown -a found
}
if [[ $funcstack[1] == _doveadm-ssh ]]; then
  _doveadm-ssh "$@"
else
  compdef _doveadm-ssh doveadm-ssh
fi
