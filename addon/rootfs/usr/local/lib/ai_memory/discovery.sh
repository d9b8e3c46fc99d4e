# shellcheck shell=bash
# Telling Home Assistant, by way of the Supervisor, where the database is.

# announce_once: prints nothing, or why it failed. Neither password nor token stands in an argument list.
announce_once() {
    local answer
    answer=$(jq -n --rawfile password "$SECRET" --rawfile instance_id "$INSTANCE_ID" --arg host "$ANNOUNCED_HOST" \
        --argjson port "$PORT" --arg role "$ROLE" --arg database "$DATABASE" '{service: "ai_memory", config: {
            host: $host, port: $port, username: $role, password: ($password | split("\n")[0]), database: $database,
            instance_id: ($instance_id | split("\n")[0])}}' |
        curl -sS -m 10 -o /dev/null -w '%{http_code}' -X POST --noproxy '*' \
            -H @<(printf 'Authorization: Bearer %s\n' "$SUPERVISOR_TOKEN") \
            -H 'Content-Type: application/json' --data-binary @- "$SUPERVISOR/discovery" 2>&1) || true
    case "$answer" in
        200) ;;
        401 | 403) echo "the Supervisor refuses it ($answer)" ;;
        [0-9][0-9][0-9]) echo "the Supervisor answers $answer" ;;
        *) echo "the Supervisor cannot be reached" ;;
    esac
}

# announce: tries until it succeeds, ever more seldom. Runs in the background; the database serves meanwhile.
announce() {
    local pause="$RETRY_SECONDS" problem told='' nap=''
    trap '[ -z "$nap" ] || kill "$nap" 2>/dev/null; exit 0' TERM
    trap '' INT
    if [ -z "$SUPERVISOR_TOKEN" ]; then
        log info "No Supervisor here: set the integration up by hand, the password is in $SECRET"
        return
    fi
    while problem=$(announce_once) && [ -n "$problem" ]; do
        if [ "$problem" != "$told" ]; then
            log warning "Home Assistant could not be told of the database: $problem. Trying again; the database serves"
            told=$problem
        fi
        sleep "$pause" &
        nap=$!
        wait "$nap"
        pause=$((pause * 2 < 300 ? pause * 2 : 300))
    done
    log info "Home Assistant has been told of the database"
}
