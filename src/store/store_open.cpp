#include "store/store_open.hpp"

#include <string>

#include "base/log.hpp"
#include "store/migrations.hpp"
#include "store/store_file.hpp"

namespace chairside {
namespace fs = std::filesystem;
using sqlite::Database;
using sqlite::Mode;
namespace {

// quick_check: all but the match of indexes to tables, which would cost minutes on a shop's disk.
Result<void> check_content(Database& database) {
    auto query = database.query("PRAGMA quick_check(1)");
    const auto row = query.next();
    const std::string name = database.file().string();
    if (!row) {
        Error error = row.error();
        // "unsupported file format" and the like: SQLite reads the file, but what it reads makes no sense.
        if (error.kind == ErrorKind::kInvalid) error.kind = ErrorKind::kCorrupt;
        return tl::unexpected(std::move(error));
    }
    const std::string found = *row ? query.text(0) : "no answer";
    if (found == "ok") return {};
    return fail(ErrorKind::kCorrupt, name + ": the file is damaged (" + found + ")");
}

Result<void> configure(Database& database, const StoreOptions& options) {
    // auto_vacuum only takes effect before the first table, and before the journal mode makes the first page. Later it
    // would only be a write at each start.
    constexpr std::int64_t kIncremental = 2;
    const auto vacuum = database.number("PRAGMA auto_vacuum");
    if (!vacuum) return tl::unexpected(vacuum.error());
    auto set = *vacuum == kIncremental ? Result<void>() : database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    if (!set) return set;
    {
        auto query = database.query("PRAGMA journal_mode = WAL");
        const auto row = query.next();
        if (!row) return tl::unexpected(row.error());
        if (query.text(0) != "wal") {
            return fail(ErrorKind::kIo,
                        database.file().string() +
                            ": write-ahead logging does not work here; the store must lie on a "
                            "disk of this machine, not on a network drive");
        }
    }
    set = database.exec(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000;"
        "PRAGMA journal_size_limit = 16777216; PRAGMA mmap_size = 0");
    if (set) set = sqlite::keep_few_pages(database);
    // A log whose last sync failed looks whole as long as the system has it in memory, and may have a hole on the disk:
    // what came behind it would be lost with the power. So nothing is appended to a log of an earlier run.
    // (A read first: SQLite keeps the lock of a change of the journal mode until the next statement.)
    if (set)
        if (const auto read = database.number("PRAGMA user_version"); !read)
            return tl::unexpected(read.error());
    if (set) set = database.query("PRAGMA wal_checkpoint(PASSIVE)").run();
    if (!set || options.max_bytes <= 0) return set;
    const auto page_size = database.number("PRAGMA page_size");
    if (!page_size) return tl::unexpected(page_size.error());
    return database.exec("PRAGMA max_page_count = " + std::to_string(options.max_bytes / *page_size));
}

Result<std::unique_ptr<Database>> try_open(const StoreOptions& options) {
    auto database = Database::open(options.path, Mode::kWrite);
    if (!database) return database;
    // A store of a newer version is refused before its content is judged by this one's rules.
    const auto version = (*database)->number("PRAGMA user_version");
    if (!version) return tl::unexpected(version.error());
    if (*version <= static_cast<std::int64_t>(migrations().size())) {
        if (auto sound = check_content(**database); !sound) return tl::unexpected(sound.error());
    }
    if (auto known = may_migrate(**database, migrations()); !known) return tl::unexpected(known.error());
    if (auto set = configure(**database, options); !set) return tl::unexpected(set.error());
    if (auto done = migrate(**database, migrations()); !done) return tl::unexpected(done.error());
    (*database)->checkpoint_on_close();
    return database;
}

Result<void> put_away(const fs::path& store, WallTime now, const std::string& why,
                      std::optional<fs::path>& set_aside) {
    auto moved = set_store_aside(store, now);
    if (!moved) return tl::unexpected(moved.error());
    set_aside = *moved;
    log_error(
        "",
        "the store was damaged and was set aside; a new one was begun. Counted services of before are in the "
        "old file: keep it",
        {{"why", why}, {"kept_as", moved->string()}});
    return {};
}

}  // namespace

Result<std::unique_ptr<Database>> open_writer(const StoreOptions& options, WallTime now,
                                              std::optional<fs::path>& set_aside) {
    const FileState state = state_of(options.path);
    if (state == FileState::kEmpty) {
        log_warning("", "the store's file is empty; a new store was begun",
                    {{"file", options.path.string()}});
    }
    if (state == FileState::kOrphaned || state == FileState::kForeign) {
        // SQLite would delete the log beside such a file.
        const std::string why = state == FileState::kForeign
                                    ? options.path.string() + ": is not an SQLite file"
                                    : "a write-ahead log without its store";
        if (auto moved = put_away(options.path, now, why, set_aside); !moved)
            return tl::unexpected(moved.error());
    }
    auto database = try_open(options);
    if (database || !sqlite::is_corrupt(database.error())) return database;
    const std::string why = database.error().message;
    if (auto moved = put_away(options.path, now, why, set_aside); !moved)
        return tl::unexpected(moved.error());
    return try_open(options);
}

Result<std::unique_ptr<Database>> open_reader(const fs::path& file) {
    switch (state_of(file)) {
        case FileState::kPresent:
            break;
        case FileState::kOrphaned:
            return fail(ErrorKind::kCorrupt, file.string() +
                                                 ": is empty beside a write-ahead log that is not; "
                                                 "start the service, it will set both aside");
        case FileState::kForeign:
            return fail(ErrorKind::kCorrupt, file.string() + ": is not a store");
        case FileState::kMissing:
        case FileState::kEmpty:
            return fail(ErrorKind::kNotFound,
                        file.string() + ": there is no store yet; the service makes it at its first start");
    }
    auto database = Database::open(file, Mode::kRead);
    // Opening touches nothing yet; the first read does.
    auto read = database ? (*database)->number("PRAGMA user_version") : Result<std::int64_t>(0);
    if (!read) database = tl::unexpected(read.error());
    std::error_code error;
    if (database || database.error().kind != ErrorKind::kIo || fs::exists(file.string() + "-wal", error))
        return database;
    // No log beside it: nobody is writing. SQLite needs a writable folder for its locks all the same, so go
    // without.
    return Database::open(file, Mode::kReadImmutable);
}

}  // namespace chairside
