package io.dorami.service.database;

import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Reads the rows of a result. */
public final class SqlRows {

    private SqlRows() {}

    /** Reads all rows, in order. */
    public static <T> List<T> list(RowSet<Row> rows, Function<Row, T> reader) {
        return StreamSupport.stream(rows.spliterator(), false).map(reader).toList();
    }

    /** Reads the first row; empty if there is none. */
    public static <T> Optional<T> first(RowSet<Row> rows, Function<Row, T> reader) {
        Iterator<Row> iterator = rows.iterator();
        return iterator.hasNext() ? Optional.of(reader.apply(iterator.next())) : Optional.empty();
    }
}
