#include "store/sqlite.hpp"

#include <sqlite3.h>

#include <utility>

namespace chairside::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5000;

ErrorKind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorKind::kCorrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorKind::kUnavailable;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
        case SQLITE_RANGE:
        case SQLITE_ERROR:
            return ErrorKind::kInvalid;
        default:
            return ErrorKind::kIo;
    }
}

const char* meaning_of(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "the disk is full, or the store has reached its limit";
        case SQLITE_READONLY:
            return "the file or its folder cannot be written to";
        case SQLITE_CANTOPEN:
            return "the file cannot be opened";
        case SQLITE_IOERR:
            return "the disk failed or is full";
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return "no permission";
        case SQLITE_CORRUPT:
            return "the file is damaged";
        case SQLITE_NOTADB:
            return "the file is not a store";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "the store is busy";
        case SQLITE_CONSTRAINT:
            return "a value is not allowed";
        default:
            return "the store failed";
    }
}

std::string percent_encoded(const std::string& path) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            const auto byte = static_cast<unsigned char>(c);
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

bool is_corrupt(const Error& error) {
    return error.kind == ErrorKind::kCorrupt;
}

// ---- Query

Query::Query(Database& database, Result<sqlite3_stmt*> statement) : database_(database) {
    if (statement) {
        statement_ = *statement;
    } else {
        error_ = std::move(statement.error());
    }
}

Query::~Query() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Query::check_bind(int code) {
    if (code != SQLITE_OK && !error_) error_ = database_.error(code);
}
void Query::bind_next(std::int64_t value) {
    if (statement_ != nullptr) check_bind(sqlite3_bind_int64(statement_, ++bound_, value));
}
void Query::bind_next(double value) {
    if (statement_ != nullptr) check_bind(sqlite3_bind_double(statement_, ++bound_, value));
}
void Query::bind_next(std::string_view value) {
    if (statement_ == nullptr) return;
    // A view's data may be null when it is empty; SQLite would bind NULL.
    const char* data = value.data() != nullptr ? value.data() : "";
    check_bind(sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Query::bind_next(std::span<const std::uint8_t> value) {
    if (statement_ != nullptr)
        check_bind(sqlite3_bind_blob64(statement_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT));
}
void Query::bind_next(std::nullopt_t) {
    if (statement_ != nullptr) check_bind(sqlite3_bind_null(statement_, ++bound_));
}

Result<bool> Query::next() {
    if (error_) return tl::unexpected<Error>(*error_);
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    error_ = database_.error(code);
    return tl::unexpected<Error>(*error_);
}

Result<void> Query::run() {
    for (;;) {
        const auto row = next();
        if (!row) return tl::unexpected(row.error());
        if (!*row) return {};
    }
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
double Query::real(int column) const {
    return sqlite3_column_double(statement_, column);
}
std::string Query::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::span<const std::uint8_t> Query::blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
bool Query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

// ---- Database

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Mode mode) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
    flags |= mode == Mode::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    // As a URI only for `immutable`; absolute, so that a relative path cannot be read as something else.
    std::error_code ignored;
    std::string name = "file://" + percent_encoded(std::filesystem::absolute(file, ignored).string());
    if (mode == Mode::kReadImmutable) name += "?immutable=1";
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Database> database(new Database(file, handle));
    if (code != SQLITE_OK) return tl::unexpected<Error>(database->error(code));

    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    // A damaged schema must not run code that someone put there.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Only one connection may checkpoint: with two, SQLite before 3.51.3 can corrupt the file.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (mode == Mode::kWrite) return database;
    if (auto only = database->exec("PRAGMA query_only = ON"); !only) return tl::unexpected(only.error());
    return database;
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
}

Error Database::error(int code) const {
    std::string message = file_.string() + ": " + meaning_of(code);
    message += " (SQLite: ";
    message += handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    message += ", code " + std::to_string(code) + ")";
    return {kind_of(code), std::move(message)};
}

Result<void> Database::exec(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return tl::unexpected<Error>(error(code));
    return {};
}

Result<sqlite3_stmt*> Database::prepare(const char* sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return tl::unexpected<Error>(error(code));
    statements_.emplace(sql, statement);
    return statement;
}

Query Database::query(const char* sql) {
    return {*this, prepare(sql)};
}

Result<std::int64_t> Database::number(const char* sql) {
    Query query(*this, prepare(sql));
    const auto row = query.next();
    if (!row) return tl::unexpected(row.error());
    return *row ? query.integer(0) : 0;
}

void Database::checkpoint_on_close() {
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}
std::int64_t Database::last_row_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

Result<void> keep_few_pages(Database& database) {
    return database.exec("PRAGMA cache_size = -512");
}

// ---- Transaction

Transaction::Transaction(Database& database, Kind kind)
    : database_(database), begun_(database.exec(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN")) {
    done_ = !begun_;
}

Transaction::~Transaction() {
    // After some faults (a full disk) SQLite has rolled back already; a second ROLLBACK would be an error.
    if (!done_ && sqlite3_get_autocommit(database_.handle_) == 0) (void)database_.exec("ROLLBACK");
}

Result<void> Transaction::commit() {
    auto committed = database_.exec("COMMIT");
    if (committed) done_ = true;
    return committed;
}

}  // namespace chairside::sqlite
