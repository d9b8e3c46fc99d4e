# shellcheck shell=bash
# The data directory: checked, made, filled from a dump; the role and the database in it.

readonly NEW="$DATA/pgdata.new"
readonly NEW_SOCKET="$RUN_DIR/setup"

# check_cluster: sets CLUSTER to "ours", or "none" where it has to be made. Changes nothing.
check_cluster() {
    local found ours
    if [ -L "$PGDATA_DIR" ] || [ -L "$DUMP" ] || { [ -e "$PGDATA_DIR" ] && [ ! -d "$PGDATA_DIR" ]; }; then
        die "$EX_BAD_DATA" "$PGDATA_DIR must be a directory and $DUMP a file, neither a link. Nothing was changed"
    fi
    if [ -e "$PGDATA_DIR/PG_VERSION" ]; then
        found=$(<"$PGDATA_DIR/PG_VERSION")
        ours=$("$PGBIN/postgres" --version)
        ours=${ours##* }
        [[ "$found" =~ ^[0-9]+$ ]] || die "$EX_BAD_DATA" "$PGDATA_DIR is no whole data directory. Nothing was changed.\
 Restore a backup of this app"
        [ "$found" = "${ours%%.*}" ] || die "$EX_OTHER_MAJOR" "The data are of PostgreSQL $found, this app has ${ours%%.*}.\
 Nothing was changed. Restore the version of the app that wrote them from a backup, let it make a backup, and restore that\
 one's dump here: see 'Another PostgreSQL' in the documentation"
        CLUSTER=ours
    elif [ -d "$PGDATA_DIR" ] && [ -n "$(ls -A "$PGDATA_DIR")" ]; then
        die "$EX_BAD_DATA" "$PGDATA_DIR is no whole data directory. Nothing was changed. Restore a backup of this app"
    else
        CLUSTER=none
    fi
}

# make_identity: once; both are in backups, so that a restored app is known again.
make_identity() {
    if [ ! -s "$SECRET" ]; then
        head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d '=' >"$SECRET.tmp"
        sync "$SECRET.tmp"
        mv "$SECRET.tmp" "$SECRET"
    fi
    if [ ! -s "$INSTANCE_ID" ]; then
        cat /proc/sys/kernel/random/uuid >"$INSTANCE_ID.tmp"
        sync "$INSTANCE_ID.tmp"
        mv "$INSTANCE_ID.tmp" "$INSTANCE_ID"
    fi
    chmod 600 "$SECRET" "$INSTANCE_ID"
    [[ "$(<"$SECRET")" =~ ^[A-Za-z0-9._~+/=-]{16,200}$ ]] ||
        die "$EX_OPTIONS" "The password in $SECRET must have 16 to 200 letters, digits or . _ ~ + / = -"
    [[ "$(<"$INSTANCE_ID")" =~ ^[0-9a-f-]{36}$ ]] ||
        die "$EX_OPTIONS" "$INSTANCE_ID must have a UUID. Delete the file for a new one: Home Assistant then finds a new app"
}

# apply_setup: role, password, database, extension; nothing changes where all is well. SOCKET_DIR says which server.
apply_setup() {
    { printf "\\set password '%s'\n" "$(<"$SECRET")" && cat "$SHARE/setup.sql"; } | psql_db postgres
}

# server_ready SOCKET_DIR: waits until the server answers. Fails if it ends instead.
server_ready() {
    local waited=0
    until as_db "$PGBIN/pg_isready" -q -h "$1" -p "$PORT" -U postgres -d postgres; do
        kill -0 "$SERVER" 2>/dev/null || return 1
        sleep 0.2
        waited=$((waited + 1))
        [ $((waited % 150)) != 0 ] || log info "PostgreSQL is recovering; $((waited / 5)) s so far"
    done
}

# stop_server: fast shutdown; clients are cut off, the data are written out.
stop_server() {
    local pid="$SERVER"
    [ -n "$pid" ] || return 0
    SERVER=
    kill -INT "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do wait "$pid" 2>/dev/null || true; done
}

# drop_new: what an unfinished start has left.
drop_new() { rm -rf "$NEW" "$NEW_SOCKET"; }

# fail_new CODE TEXT
fail_new() {
    stop_server
    drop_new
    die "$1" "$2"
}

# make_cluster: in a directory of its own, reached over a socket of its own, so that nobody sees it half done. It gets its
# name when it is whole: a dump is never lost behind an empty database.
make_cluster() {
    drop_new
    mkdir -p "$NEW" "$NEW_SOCKET"
    give_to_db "$NEW" "$NEW_SOCKET"
    log info "Making the database"
    as_db "$PGBIN/initdb" --pgdata="$NEW" --username=postgres --encoding=UTF8 --locale=C --lc-ctype=C.UTF-8 \
        --data-checksums --auth=peer --no-instructions >/dev/null ||
        fail_new "$EX_SETUP" "initdb failed"
    check_settings "$NEW" || fail_new "$EX_OPTIONS" "$BAD_SETTINGS"
    become_db "$PGBIN/postgres" -D "$NEW" -c "config_file=$GENERATED/postgresql.conf" -c listen_addresses= \
        -c "unix_socket_directories=$NEW_SOCKET" -c autovacuum=off -c log_min_messages=fatal &
    SERVER=$!
    server_ready "$NEW_SOCKET" || fail_new "$EX_SETUP" "The new database did not start"
    SOCKET_DIR="$NEW_SOCKET" apply_setup || fail_new "$EX_SETUP" "The new database could not be set up"
    [ ! -e "$DUMP" ] || restore_dump
    stop_server
    rmdir "$PGDATA_DIR" 2>/dev/null || true
    mv -T "$NEW" "$PGDATA_DIR"
    sync "$DATA"
    rm -rf "$NEW_SOCKET"
}

# restore_dump: all of it or nothing. In the background, so that a stop need not wait for it.
restore_dump() {
    local restorer errors="$NEW_SOCKET/errors"
    log info "Restoring the dump of $(date -r "$DUMP" '+%F %T'), $(($(stat -c %s "$DUMP") / 1024)) kB"
    become_db "$PGBIN/pg_restore" -h "$NEW_SOCKET" -p "$PORT" -U postgres -d "$DATABASE" --exit-on-error \
        --single-transaction "$DUMP" 2>"$errors" &
    restorer=$!
    if ! wait "$restorer"; then
        # Without what stands in quotes: a damaged dump puts rows there.
        sed 's/"[^"]*"/"..."/g; s/".*/"..."/2' "$errors" | head -n 5 | cut -c 1-300 >&2 || true
        if grep -q -e "No space left" -e "could not extend" -e "could not write" "$errors"; then
            fail_new "$EX_NO_ROOM" "There is no room to restore the dump $DUMP, which is good. Make room and start again"
        fi
        kill -0 "$SERVER" 2>/dev/null ||
            fail_new "$EX_SETUP" "PostgreSQL ended while the dump $DUMP was restored. The dump is as it was: start again"
        fail_new "$EX_BAD_DATA" "The dump $DUMP could not be restored. It was left as it is, and no empty database is put in\
 its place. Restore another backup of this app. Uninstalling deletes the dump: copy it first"
    fi
    SOCKET_DIR="$NEW_SOCKET" psql_db "$DATABASE" -c ANALYZE || fail_new "$EX_SETUP" "The restored database failed"
    log info "The dump is restored"
}
