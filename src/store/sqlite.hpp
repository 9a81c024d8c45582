#pragma once
// The one wrapper over SQLite's C interface: a connection, its statements, and errors as values.
//
// Threads: one at a time per connection; whoever owns it holds a lock. Private to src/store.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace chairside::sqlite {

class Database;

// One run of a prepared statement: bind by position from 1, then next() until it is false, or run().
// Goes back to its connection's cache at the end. Must not outlive the connection.
class Query {
  public:
    Query(Database& database, Result<sqlite3_stmt*> statement);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    template <typename... Values>
    Query& bind(const Values&... values) {
        (bind_next(values), ...);
        return *this;
    }

    // True: a row is there to be read. An error also when preparing or binding had failed.
    Result<bool> next();
    // For statements that give no rows.
    Result<void> run();

    // Columns from 0. What the schema forbids (another type) reads as 0 or empty; the caller checks ranges.
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::span<const std::uint8_t> blob(int column) const;  // valid until the next call of next()
    bool is_null(int column) const;

  private:
    void bind_next(std::int64_t value);
    void bind_next(int value) { bind_next(static_cast<std::int64_t>(value)); }
    void bind_next(double value);
    void bind_next(std::string_view value);
    void bind_next(const std::string& value) { bind_next(std::string_view(value)); }
    void bind_next(const char* value) { bind_next(std::string_view(value)); }
    void bind_next(std::span<const std::uint8_t> value);
    void bind_next(std::nullopt_t);
    template <typename T>
    void bind_next(const std::optional<T>& value) {
        if (value) {
            bind_next(*value);
        } else {
            bind_next(std::nullopt);
        }
    }
    void check_bind(int code);

    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
    std::optional<Error> error_;
    int bound_ = 0;
};

enum class Mode {
    kWrite,          // created if missing; checkpoints, but at its end only after checkpoint_on_close()
    kRead,           // query-only; never writes, never checkpoints
    kReadImmutable,  // as kRead, without locks: for a file that nobody writes to, in a folder we may not
                     // write to
};

class Database {
  public:
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // One or more statements without parameters.
    Result<void> exec(const std::string& sql);
    Query query(const char* sql);
    // The first column of the first row, e.g. of a PRAGMA.
    Result<std::int64_t> number(const char* sql);
    // Until then closing leaves the file and its log as they are: a damaged file is kept as it was found.
    void checkpoint_on_close();
    std::int64_t changes() const;
    std::int64_t last_row_id() const;
    const std::filesystem::path& file() const { return file_; }

    // The connection's last error as one of ours: the file, what it means, what SQLite says.
    Error error(int code) const;

  private:
    friend class Query;
    friend class Transaction;
    Database(std::filesystem::path file, sqlite3* handle) : file_(std::move(file)), handle_(handle) {}
    Result<sqlite3_stmt*> prepare(const char* sql);

    std::filesystem::path file_;
    sqlite3* handle_;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

// BEGIN IMMEDIATE (or a read snapshot) … COMMIT; rolled back when it ends uncommitted.
class Transaction {
  public:
    enum class Kind { kWrite, kRead };
    explicit Transaction(Database& database, Kind kind = Kind::kWrite);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    const Result<void>& begun() const { return begun_; }
    Result<void> commit();

  private:
    Database& database_;
    Result<void> begun_;
    bool done_ = false;
};

// True if the error says that the file's content is broken, not that it could not be read.
bool is_corrupt(const Error& error);

// This connection keeps half a megabyte of the file's pages, not SQLite's 2 MB, which fill over hours: what is read again comes from
// the system's memory anyway. Reads the file.
Result<void> keep_few_pages(Database& database);

}  // namespace chairside::sqlite
