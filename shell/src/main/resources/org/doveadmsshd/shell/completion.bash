_doveadm_ssh() {
  # COMP_WORDS is broken at "@" and ":"; the line itself is read here.
  local line=${COMP_LINE:0:COMP_POINT} cur= quote= has= c i
  local -a before=()
  for ((i = 0; i < ${#line}; i++)); do
    c=${line:i:1}
    if [[ $quote == "'" && $c != "'" || $quote == '"' && $c != ['"\'] ]]; then
      cur+=$c
    elif [[ -n $quote && $c == "$quote" ]]; then
      quote=
    elif [[ $c == '\' ]]; then
      cur+=${line:i+1:1} has=1
      i=$((i + 1))
    elif [[ $c == ["'"'"'] ]]; then
      quote=$c has=1
    elif [[ $c == [[:space:]] ]]; then
      [[ -n $has ]] && before+=("$cur")
      cur= has=
    else
      cur+=$c has=1
    fi
  done
  # Readline replaces what is behind the last of the characters at which it breaks words.
  local prefix= word what
  [[ -n $quote ]] || prefix=${cur%"${cur##*[$COMP_WORDBREAKS]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r word what; do
    if [[ $word == '<file>' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do
        COMPREPLY+=("$word")
      done < <(compgen -f -- "$cur")
    elif [[ $word == "$cur"* ]]; then
      word=${word#"$prefix"}
      [[ -n $quote ]] || printf -v word %q "$word"
      COMPREPLY+=("$word")
    fi
  done < <(_doveadm_ssh_candidates "${before[@]:1}" "$cur")
  [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *. ]] || compopt -o nospace 2>/dev/null
}
complete -F _doveadm_ssh doveadm-ssh
