# shellcheck shell=bash
# shellcheck disable=SC2034  # used by those who read this in
# What the programs of the app share: paths, words for the log, exit codes, running things as the database's user.
# Every path comes from the environment; what stands here is the image's.

: "${DATA:=/data}"
: "${OPTIONS:=$DATA/options.json}"
: "${PGBIN:=/usr/lib/postgresql/16/bin}"
: "${SHARE:=/usr/local/share/ai_memory}"
: "${RUN_DIR:=/run/postgresql}"
: "${SHM:=/dev/shm}"
: "${MEMINFO:=/proc/meminfo}"
: "${RUN_AS:=postgres}"
: "${LISTEN:=*}"
: "${PORT:=5432}"
# Home Assistant and the other apps, see Supervisor's internal network.
: "${NETWORKS:=172.30.32.0/23 fd0c:ac1e:2100::/48}"
: "${SUPERVISOR:=http://supervisor}"
: "${SUPERVISOR_TOKEN:=}"
: "${ANNOUNCED_HOST:=$HOSTNAME}"
# Megabytes that must be free for the server to take writes, and that are kept back so that it can start without them.
: "${LOW_DISK_MB:=256}"
: "${RESERVE_MB:=48}"
: "${LOG_LEVEL:=info}"
: "${LOG_COPY:=}"

readonly ROLE=ai_memory DATABASE=ai_memory
readonly PGDATA_DIR="$DATA/pgdata"
readonly GENERATED="$DATA/generated"
readonly BACKUP="$DATA/backup"
readonly DUMP="$BACKUP/ai_memory.dump"
readonly SECRET="$DATA/secret"
readonly INSTANCE_ID="$DATA/instance_id"
readonly RESERVE="$DATA/reserve"

# Told in DOCS.md.
readonly EX_BAD_DATA=65 EX_NO_SERVER=69 EX_SETUP=70 EX_NO_ROOM=73 EX_RUNS_ALREADY=75 EX_OTHER_MAJOR=76 EX_OPTIONS=78

umask 077
# For the calls to the Supervisor only, not for the database.
export -n SUPERVISOR_TOKEN
# Nothing that psql and the others take from the environment may steer them.
unset PGDATA PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS PGSERVICE PGPASSWORD PGPASSFILE PGSSLMODE PGAPPNAME

declare -rA LEVELS=([debug]=0 [info]=1 [warning]=2 [error]=3)

# log LEVEL TEXT: to stderr, and to LOG_COPY (the log of the container, where we are not its main process).
log() {
    [ "${LEVELS[$1]}" -ge "${LEVELS[$LOG_LEVEL]}" ] || return 0
    local line
    printf -v line '%(%F %T)T %-7s %s' -1 "${1^^}" "$2"
    printf '%s\n' "$line" >&2
    if [ -n "$LOG_COPY" ] && [ -w "$LOG_COPY" ]; then printf '%s\n' "$line" >>"$LOG_COPY"; fi
}

# die CODE TEXT
die() {
    log error "$2"
    exit "$1"
}

# become_db COMMAND...: goes on as the user that the database runs as. PostgreSQL refuses root. In the background, this makes
# $! the command itself.
become_db() {
    if [ "$EUID" = 0 ]; then
        exec setpriv --reuid="$RUN_AS" --regid="$(id -g "$RUN_AS")" --clear-groups -- "$@"
    else
        exec "$@"
    fi
}

# as_db COMMAND...
as_db() (become_db "$@")

# give_to_db PATH...: a restored backup belongs to root.
give_to_db() {
    [ "$EUID" != 0 ] || chown -R "$RUN_AS:" "$@"
}

# psql_db DATABASE ARGUMENT...: SQL from stdin, as superuser, over the socket.
psql_db() {
    local database="$1"
    shift
    as_db "$PGBIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "${SOCKET_DIR:-$RUN_DIR}" -p "$PORT" -U postgres \
        -d "$database" "$@"
}

free_mb() { echo $(($(df --output=avail -k "$1" | tail -n 1) / 1024)); }
