#pragma once
// For the store's own tests: what is in the file, past the store.

#include <sqlite3.h>

#include <filesystem>
#include <string>

namespace chairside::store_test {

// Past the store: SQL on the file itself. The first column of the first row, or SQLite's error.
inline std::string raw(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    std::string out;
    char* message = nullptr;
    const auto take = [](void* to, int count, char** values, char**) {
        auto& text = *static_cast<std::string*>(to);
        if (text.empty() && count > 0 && values[0] != nullptr) text = values[0];
        return 0;
    };
    if (sqlite3_open(file.c_str(), &db) != SQLITE_OK ||
        sqlite3_exec(db, sql.c_str(), take, &out, &message) != SQLITE_OK) {
        out = std::string("error: ") + (message != nullptr ? message : sqlite3_errmsg(db));
    }
    sqlite3_free(message);
    sqlite3_close(db);
    return out;
}

}  // namespace chairside::store_test
