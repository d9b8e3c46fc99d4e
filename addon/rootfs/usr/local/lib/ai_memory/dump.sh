# shellcheck shell=bash
# Writing the dump that backups carry and that an empty data directory is filled from.

# dump_size_mb: what the dump takes at most. Text is longer than the numbers it stands for, but it is compressed, and an
# index is one line.
dump_size_mb() {
    psql_db "$DATABASE" -c "SELECT pg_database_size(current_database()) / 1024 / 1024"
}

# write_dump [SECONDS]: replaces the last dump once the new one is whole. Returns EX_NO_ROOM, or 1 when it fails. Takes at
# most SECONDS, if given.
write_dump() {
    local seconds="${1:-0}" patience="${1:-600}" began="$SECONDS" new="$DUMP.tmp" size free result=0
    mkdir -p "$BACKUP"
    give_to_db "$BACKUP"
    exec 8<"$BACKUP"
    if ! flock --timeout "$patience" 8; then
        log error "Another dump is being written and does not end"
        return 1
    fi
    # What was waited counts.
    [ "$seconds" = 0 ] || seconds=$((seconds - (SECONDS - began) > 0 ? seconds - (SECONDS - began) : 1))
    size=$(dump_size_mb) || return 1
    free=$(free_mb "$BACKUP")
    if [ "$free" -le "$((size + RESERVE_MB))" ]; then
        log error "No room for a dump: it takes up to $size MB and $free MB are free. The last dump stays as it was"
        return "$EX_NO_ROOM"
    fi
    # pg_dump writes through to the disk before it ends.
    if ! as_db timeout "$seconds" "$PGBIN/pg_dump" -h "$RUN_DIR" -p "$PORT" -U postgres -Fc -Z1 -d "$DATABASE" \
        -f "$new" 8>&-; then
        log error "The dump failed. The last dump stays as it was"
        result=1
    elif ! as_db "$PGBIN/pg_restore" -l "$new" >/dev/null 8>&-; then
        log error "The dump cannot be read. The last dump stays as it was"
        result=1
    else
        mv "$new" "$DUMP" && sync "$BACKUP" || result=1
    fi
    rm -f "$new"
    exec 8<&-
    [ "$result" != 0 ] || log info "Wrote the dump: $(($(stat -c %s "$DUMP") / 1024)) kB"
    return "$result"
}
