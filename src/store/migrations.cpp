#include "store/migrations.hpp"

#include <string>

#include "base/check.hpp"

namespace chairside {
namespace {

// 0 for a database with nothing in it.
Result<int> version_of(sqlite::Database& database, std::span<const Migration> steps) {
    const auto application = database.number("PRAGMA application_id");
    if (!application) return tl::unexpected(application.error());
    const auto version = database.number("PRAGMA user_version");
    if (!version) return tl::unexpected(version.error());
    const std::string name = database.file().string();
    if (*application != kApplicationId) {
        const auto objects = database.number("SELECT count(*) FROM sqlite_schema");
        if (!objects) return tl::unexpected(objects.error());
        if (*application == 0 && *version == 0 && *objects == 0) return 0;
        return fail(ErrorKind::kInvalid,
                    name + ": is a database of another program; choose another storage.path");
    }
    const int newest = static_cast<int>(steps.size());
    if (*version > newest) {
        return fail(ErrorKind::kInvalid, name + ": was written by a newer chairside (schema " +
                                             std::to_string(*version) + ", this one knows up to " +
                                             std::to_string(newest) + "); install the newer version again");
    }
    if (*version < 1) return fail(ErrorKind::kCorrupt, name + ": has lost its schema version");
    return static_cast<int>(*version);
}

Result<void> apply(sqlite::Database& database, const Migration& step) {
    sqlite::Transaction transaction(database);
    if (!transaction.begun()) return transaction.begun();
    const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(step.version);
    auto done = database.exec(std::string(step.sql));
    if (done) done = database.exec(marks);
    if (done) done = transaction.commit();
    if (!done) done.error().message += "; while changing the schema with " + std::string(step.name);
    return done;
}

}  // namespace

Result<void> migrate(sqlite::Database& database, std::span<const Migration> steps) {
    const auto version = version_of(database, steps);
    if (!version) return tl::unexpected(version.error());
    for (const Migration& step : steps.subspan(static_cast<std::size_t>(*version))) {
        CHAIRSIDE_CHECK(step.version == static_cast<int>(&step - steps.data()) + 1);
        if (auto done = apply(database, step); !done) return done;
    }
    return {};
}

Result<void> may_migrate(sqlite::Database& database, std::span<const Migration> steps) {
    const auto version = version_of(database, steps);
    if (!version) return tl::unexpected(version.error());
    return {};
}

Result<int> check_version(sqlite::Database& database, std::span<const Migration> steps) {
    auto version = version_of(database, steps);
    if (version && *version < static_cast<int>(steps.size())) {
        return fail(ErrorKind::kInvalid, database.file().string() + ": is of an older chairside (schema " +
                                             std::to_string(*version) +
                                             "); start the service once, it will bring the store up to date");
    }
    return version;
}

}  // namespace chairside
