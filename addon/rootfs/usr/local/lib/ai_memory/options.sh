# shellcheck shell=bash
# The user's options, checked.

# read_options: sets LOG_LEVEL, STORAGE, LAN_ACCESS, SHARED_BUFFERS_MB (empty: by the machine's memory).
read_options() {
    STORAGE=ssd LAN_ACCESS=false SHARED_BUFFERS_MB=
    if [ ! -e "$OPTIONS" ]; then
        log info "No options at $OPTIONS: the defaults hold"
        return
    fi
    local found=() level
    # One option a line; a missing one is null.
    if ! mapfile -t found < <(jq -er 'if type == "object" then
            [.log_level, .storage, .lan_access, .shared_buffers_mb] | map(tojson) | .[] else error("no object") end' \
        "$OPTIONS" 2>/dev/null) || [ "${#found[@]}" != 4 ]; then
        die "$EX_OPTIONS" "The options at $OPTIONS cannot be read. Save them again on the app's page"
    fi
    level=${found[0]//\"/}
    case "${found[0]}" in
        null | '"debug"' | '"info"' | '"warning"' | '"error"') ;;
        *) die "$EX_OPTIONS" "Option log_level: must be debug, info, warning or error" ;;
    esac
    [ "$level" = null ] || LOG_LEVEL=$level
    case "${found[1]}" in
        null) ;;
        '"ssd"' | '"sd"') STORAGE=${found[1]//\"/} ;;
        *) die "$EX_OPTIONS" "Option storage: must be ssd or sd" ;;
    esac
    case "${found[2]}" in
        null) ;;
        true | false) LAN_ACCESS=${found[2]} ;;
        *) die "$EX_OPTIONS" "Option lan_access: must be true or false" ;;
    esac
    if [ "${found[3]}" != null ]; then
        if ! [[ "${found[3]}" =~ ^[0-9]{2,4}$ ]] || [ "${found[3]}" -lt 32 ] || [ "${found[3]}" -gt 2048 ]; then
            die "$EX_OPTIONS" "Option shared_buffers_mb: must be a whole number from 32 to 2048"
        fi
        SHARED_BUFFERS_MB=${found[3]}
    fi
}
