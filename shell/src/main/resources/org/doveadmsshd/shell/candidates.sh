# What may stand in place of the last argument, given those before it: a line each, with a tab and what it means.
# "<file>" stands for names of files. Runs in any POSIX shell. What is to come is a list of slots:
#   query key parts part   search keys: any number, or one; of parts of a mail
#   =a|b ?a|b              one of these words; or none of them. a+x+y: slots x and y follow a; @x: else slot x
#   *x                     slot x, any number of times
#   %a|b fields            words separated by spaces; fields of fetch
#   file topic command .   a file; what help explains; a command; anything else
#   server                 a server of the configuration
_doveadm_ssh_candidates() (
  command= name= pending= plain= expect= option= config=
  while [ $# -gt 1 ]; do
    _doveadm_ssh_take "$1"
    shift
  done
  if [ -n "$pending" ]; then
    _doveadm_ssh_offer "$pending" "$1"
  elif [ -z "$plain" ]; then
    case $1 in
      --*=*)
        _doveadm_ssh_argument "$command" "${1%%=*}"
        _doveadm_ssh_offer "$reply" "${1#*=}" | while IFS= read -r line; do printf '%s\n' "${1%%=*}=$line"; done ;;
      -*) _doveadm_ssh_options "$command" ;;
      *)
        [ -z "$name" ] || [ -z "$command" ] || _doveadm_ssh_names
        _doveadm_ssh_offer "${expect%% *}" "$1" ;;
    esac
  else
    _doveadm_ssh_offer "${expect%% *}" "$1"
  fi
)

# Goes on by one word.
_doveadm_ssh_take() {
  if [ -n "$pending" ]; then
    pending=
    case $command$option in -c|--config) config=$1 ;; esac
    return
  fi
  if [ -z "$plain" ]; then
    case $1 in
      --) plain=1; return ;;
      --config=*) config=${1#*=}; return ;;
      --*=*) return ;;
      -?*) option=$1; _doveadm_ssh_argument "$command" "$1"; pending=$reply; return ;;
    esac
  fi
  if [ -z "$command" ]; then
    name="$name${name:+ }$1"
    _doveadm_ssh_synopsis "$name"
    [ -z "$found" ] || command=$name expect=$reply
  elif [ "$name" = "$command" ] && _doveadm_ssh_synopsis "$name $1" && [ -n "$found" ]; then
    command="$name $1" name=$command expect=$reply # its name goes on: runs show
  else
    name=
    _doveadm_ssh_positional "$1"
  fi
}

_doveadm_ssh_lower() {
  reply=$1
  case $1 in *[A-Z]*) reply=$(printf %s "$1" | tr A-Z a-z) ;; esac
}

# A word that is no option takes the first slot.
_doveadm_ssh_positional() {
  slot=${expect%% *} rest=
  case $expect in *' '*) rest=${expect#* } ;; esac
  _doveadm_ssh_lower "$1"
  word=$reply
  case $slot in
    query|key|part|parts)
      case $slot$word in
        'query)'|'parts)') [ -z "$rest" ] || expect=$rest; return ;;
        'query(') expect="query $expect"; return ;;
        'key(') expect="query $rest"; return ;;
        'part('|'parts(') [ "$slot" = part ] && expect="parts $rest" || expect="parts $expect"; return ;;
        queryor) return ;;
      esac
      case $slot in
        query|key) _doveadm_ssh_key "$word" ;;
        *) _doveadm_ssh_part "$word" ;;
      esac
      case $slot in
        query|parts) expect="$reply${reply:+ }$expect" ;;
        *) expect="$reply${reply:+ }$rest" ;;
      esac ;;
    [=?]*) _doveadm_ssh_alternative "$1" ;;
    \**) ;;
    *) expect=$rest ;;
  esac
}

_doveadm_ssh_alternative() {
  left=${slot#?}'|' otherwise=
  while [ -n "$left" ]; do
    one=${left%%|*}
    left=${left#*|}
    case $one in
      @*) otherwise=${one#@} ;;
      "$word"|"$word"+*)
        follow=${one#"$word"}
        expect=$rest
        while [ -n "$follow" ]; do
          last=${follow##*+}
          follow=${follow%+*}
          expect="$last${expect:+ }$expect"
        done
        return ;;
    esac
  done
  expect="$otherwise${otherwise:+ }$rest"
  case $slot in
    =*) [ -z "$otherwise" ] || _doveadm_ssh_positional "$1" ;; # else the word is wrong
    *) [ -z "$expect" ] || _doveadm_ssh_positional "$1" ;;
  esac
}

# What a slot may be. The second argument is what is typed of it.
_doveadm_ssh_offer() {
  if [ -z "$command" ] && [ -z "$1" ]; then
    _doveadm_ssh_names
    return
  fi
  case $1 in
    query) _doveadm_ssh_keys; printf '%s\t%s\n' ')' 'end of a group' ;;
    key) _doveadm_ssh_keys ;;
    parts) _doveadm_ssh_parts; printf '%s\t%s\n' ')' 'end of a group' ;;
    part) _doveadm_ssh_parts ;;
    [=?]*)
      left=${1#?}'|'
      while [ -n "$left" ]; do
        one=${left%%|*}
        left=${left#*|}
        case $one in
          @*) _doveadm_ssh_offer "${one#@}" "$2" ;;
          *) printf '%s\n' "${one%%+*}" ;;
        esac
      done
      case $1$expect in
        '?'*' '*) next=${expect#* }; _doveadm_ssh_offer "${next%% *}" "$2" ;;
      esac ;;
    \**) _doveadm_ssh_offer "${1#\*}" "$2" ;;
    fields|%*)
      before=
      case $2 in *' '*) before="${2% *} " ;; esac
      if [ "$1" = fields ]; then
        _doveadm_ssh_fields
      else
        left=${1#%}'|'
        while [ -n "$left" ]; do
          printf '%s\n' "${left%%|*}"
          left=${left#*|}
        done
      fi | while IFS= read -r line; do printf '%s\n' "$before$line"; done ;;
    file) printf '%s\n' '<file>' ;;
    server) _doveadm_ssh_servers ;;
    command) name= ; _doveadm_ssh_names ;;
    topic) name= ; _doveadm_ssh_names; _doveadm_ssh_keys; _doveadm_ssh_fields ;;
  esac
}

# Names of servers: those in the configuration that would be read.
_doveadm_ssh_servers() {
  case $config in '~/'*) config=$HOME/${config#??} ;; esac
  for each in "$config" "$HOME/.config/doveadm-ssh.conf" /etc/doveadm-sshd/doveadm-ssh.conf; do
    if [ -r "$each" ]; then
      sed -n 's/^[[:space:]]*server[[:space:]][[:space:]]*\([^[:space:]{#]*\).*/\1/p' "$each"
      break
    fi
  done
}

# The next word of commands that begin with what is there.
_doveadm_ssh_names() {
  seen=
  _doveadm_ssh_commands | while IFS='	' read -r full what; do
    case $name in
      '') next=$full ;;
      *) case $full in "$name "*) next=${full#"$name "} ;; *) continue ;; esac ;;
    esac
    case $next in *' '*) what=... ;; esac
    next=${next%% *}
    [ "$next" = "$seen" ] || printf '%s\t%s\n' "$next" "$what"
    seen=$next
  done
}

