#pragma once
// What the store's own files share: its connections behind their locks. Private to src/store.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/locked.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"
#include "store/store_file.hpp"

namespace chairside {

class Store::Impl {
  public:
    StoreOptions options;
    SystemClock system_clock;
    std::string boot;
    std::optional<std::filesystem::path> set_aside;
    int version = 0;
    // Closed in reverse: the reader, the writer (which checkpoints), then the lock.
    std::optional<StoreLock> lock;
    Locked<std::unique_ptr<sqlite::Database>> writer;  // null: opened read-only
    Locked<std::unique_ptr<sqlite::Database>> reader;

    WallTime now() const {
        return options.clock != nullptr ? options.clock->wall_now() : system_clock.wall_now();
    }

    // Runs f(database) in one write transaction; what f did is kept only if it succeeded.
    template <typename F>
    Result<void> transact(F&& f) {
        return writer.with([&](const std::unique_ptr<sqlite::Database>& database) -> Result<void> {
            if (!database) return fail(ErrorKind::kInvalid, "the store was opened for reading only");
            sqlite::Transaction transaction(*database);
            if (!transaction.begun()) return transaction.begun();
            if (Result<void> done = f(*database); !done) return done;
            return transaction.commit();
        });
    }

    template <typename F>
    auto read(F&& f) const {
        return reader.with([&](const std::unique_ptr<sqlite::Database>& database) { return f(*database); });
    }

    Result<void> write_event(sqlite::Database& database, const Event& event) const;
    Result<void> queue_for_broker(sqlite::Database& database, const Event& event) const;
};

// All rows of a query through one function that turns a row into a value or an error.
template <typename T, typename F>
Result<std::vector<T>> collect(sqlite::Query& query, F&& read_row) {
    std::vector<T> out;
    for (;;) {
        const auto row = query.next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) return out;
        Result<T> value = read_row(query);
        if (!value) return tl::unexpected(std::move(value.error()));
        out.push_back(std::move(*value));
    }
}

}  // namespace chairside
