# shellcheck shell=bash
# PostgreSQL's settings, made anew at every start: by the options, the machine's memory, /dev/shm and the disk.

# size_by_memory: sets the sizes in MB, for machines of 8, 4 and 2 GB (the firmware keeps some of it). Building the vector
# index of 100,000 memories takes buffers + maintenance + 15 MB; the goal is 250.
size_by_memory() {
    local total
    total=$(($(awk '$1 == "MemTotal:" { print $2 }' "$MEMINFO") / 1024))
    if [ "$total" -ge 6000 ]; then
        buffers=96 cache=1024 work=8 maintenance=112 autovacuum=32 connections=20 workers=2
    elif [ "$total" -ge 3000 ]; then
        buffers=80 cache=512 work=6 maintenance=96 autovacuum=32 connections=20 workers=1
    else
        buffers=64 cache=256 work=4 maintenance=64 autovacuum=16 connections=12 workers=0
    fi
    buffers=${SHARED_BUFFERS_MB:-$buffers}
    log debug "This machine has $total MB of memory; shared_buffers is $buffers MB"
}

# spare_shm: a parallel build of a vector index takes all of maintenance_work_mem in /dev/shm, at once.
spare_shm() {
    local free
    free=$(free_mb "$SHM" 2>/dev/null) || free=0
    if [ "$workers" -gt 0 ] && [ "$free" -lt "$((maintenance + 64))" ]; then
        workers=0
        log warning "$SHM has $free MB only: nothing is done in parallel (Docker: --shm-size $((maintenance + 128))m)"
    fi
}

# write_settings READ_ONLY(true|false)
write_settings() {
    local buffers cache work maintenance autovacuum connections workers
    local commit=on concurrency=16 messages=warning network
    size_by_memory
    spare_shm
    if [ "$STORAGE" = sd ]; then commit=off concurrency=2; fi
    case "$LOG_LEVEL" in
        debug) messages=debug1 ;;
        error) messages=error ;;
    esac
    # Not over what the database's user may have put there, links for one.
    rm -rf "$GENERATED"
    mkdir -p "$GENERATED"
    {
        echo "# Made at every start. What you write here is lost: use $DATA/custom.conf."
        echo "include '$SHARE/postgresql.conf'"
        echo "listen_addresses = '$LISTEN'"
        echo "shared_buffers = ${buffers}MB"
        echo "effective_cache_size = ${cache}MB"
        echo "work_mem = ${work}MB"
        echo "maintenance_work_mem = ${maintenance}MB"
        echo "autovacuum_work_mem = ${autovacuum}MB"
        echo "max_connections = $connections"
        echo "max_parallel_workers = $workers"
        echo "max_parallel_maintenance_workers = $workers"
        echo "max_parallel_workers_per_gather = $((workers > 0))"
        echo "synchronous_commit = $commit"
        echo "effective_io_concurrency = $concurrency"
        echo "log_min_messages = $messages"
        [ ! -e "$DATA/custom.conf" ] || echo "include '$DATA/custom.conf'"
        # Who may come in, and where the app itself asks, is not for custom.conf.
        echo "port = $PORT"
        echo "unix_socket_directories = '$RUN_DIR'"
        echo "hba_file = '$GENERATED/pg_hba.conf'"
        echo "ident_file = '$GENERATED/pg_ident.conf'"
        if [ "$1" = true ]; then
            echo "default_transaction_read_only = on"
            echo "autovacuum = off"
        fi
    } >"$GENERATED/postgresql.conf"
    {
        echo "local all postgres peer map=database"
        for network in $NETWORKS; do
            echo "host $DATABASE $ROLE $network scram-sha-256"
        done
        if [ "$LAN_ACCESS" = true ]; then
            for network in 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fe80::/10; do
                echo "host $DATABASE $ROLE $network scram-sha-256"
            done
        fi
    } >"$GENERATED/pg_hba.conf"
    echo "database $(as_db id -un) postgres" >"$GENERATED/pg_ident.conf"
    give_to_db "$GENERATED"
    [ ! -e "$DATA/custom.conf" ] || give_to_db "$DATA/custom.conf"
}

readonly BAD_SETTINGS="PostgreSQL does not accept its settings. Look into $DATA/custom.conf"

# check_settings DIRECTORY: says what is wrong in custom.conf.
check_settings() {
    as_db "$PGBIN/postgres" -D "$1" -c "config_file=$GENERATED/postgresql.conf" -C config_file >/dev/null
}
