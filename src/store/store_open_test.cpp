// Opening: what is refused and in which words, what is set aside, what older versions become.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <functional>
#include <random>

#include "store/migrations.hpp"
#include "store/raw_sql_test_support.hpp"
#include "store/store.hpp"
#include "store/store_test_support.hpp"

namespace chairside {
namespace {

namespace fs = std::filesystem;
using namespace store_test;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A store with 200 events in it, closed.
void fill(const StoreOptions& options) {
    auto store = Store::open(options);
    ASSERT_TRUE(store) << store.error().message;
    Store::Batch batch;
    for (std::uint64_t i = 1; i <= 200; ++i)
        batch.events.push_back(event_of(i, static_cast<double>(i)));
    ASSERT_TRUE((*store)->write(batch));
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder))
        out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
}

class FixedClock final : public Clock {
  public:
    MonoTime mono_now() const override { return {}; }
    WallTime wall_now() const override { return at(0); }
};

TEST(StoreOpen, SecondServiceIsRefusedWithThePidOfTheFirst) {
    const TempFolder folder;
    auto first = Store::open(folder.options());
    ASSERT_TRUE(first);
    const auto second = Store::open(folder.options());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(second.error().message, HasSubstr("another chairside is using " + folder.file().string() +
                                                  ", pid " + std::to_string(getpid())));
    first->reset();
    EXPECT_TRUE(Store::open(folder.options())) << "free again";
}

TEST(StoreOpen, FreshStoreHasTheSettingsThatKeepItSafe) {
    const TempFolder folder;
    fill(folder.options());
    EXPECT_EQ(raw(folder.file(), "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(raw(folder.file(), "PRAGMA auto_vacuum"), "2");
    EXPECT_EQ(raw(folder.file(), "PRAGMA application_id"), std::to_string(kApplicationId));
    EXPECT_EQ(raw(folder.file(), "PRAGMA user_version"), std::to_string(migrations().size()));
    EXPECT_FALSE(fs::exists(folder.file().string() + "-wal")) << "closing writes the log back";
}

TEST(StoreOpen, FolderIsMadeAndTheStoreMayBeRelativeOrOddlyNamed) {
    const TempFolder folder;
    StoreOptions options = folder.options();
    options.path = folder.path() / "a" / "b %20?#ü" / "file:store.db";
    ASSERT_TRUE(Store::open(options));
    EXPECT_TRUE(fs::exists(options.path));
    EXPECT_TRUE(Store::open_read_only(options.path));
}

TEST(StoreOpen, NewerStoreIsRefusedWithWordsAndLeftAlone) {
    const TempFolder folder;
    fill(folder.options());
    raw(folder.file(), "PRAGMA user_version = 99");
    for (const std::string& message : {Store::open(folder.options()).error().message,
                                       Store::open_read_only(folder.file()).error().message}) {
        EXPECT_THAT(message, AllOf(HasSubstr("newer chairside"), HasSubstr("schema 99")));
    }
    EXPECT_EQ(raw(folder.file(), "SELECT count(*) FROM events"), "200");
}

TEST(StoreOpen, DatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
    const TempFolder folder;
    raw(folder.file(), "CREATE TABLE recipes (name)");
    const auto store = Store::open(folder.options());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(store.error().message, HasSubstr("another program"));
    EXPECT_EQ(raw(folder.file(), "SELECT count(*) FROM recipes"), "0");
}

TEST(StoreOpen, PathThatIsNoFileIsRefused) {
    const TempFolder folder;
    fs::create_directory(folder.file());
    EXPECT_THAT(Store::open(folder.options()).error().message, HasSubstr("is not a file"));
    StoreOptions options = folder.options();
    options.path = folder.path() / "plain" / "store.db";
    write_file(folder.path() / "plain", "a file where a folder should be");
    EXPECT_EQ(Store::open(options).error().kind, ErrorKind::kIo);
}

TEST(StoreOpen, ReaderOfAMissingStoreGetsToldSoAndNothingIsMade) {
    const TempFolder folder;
    const auto store = Store::open_read_only(folder.file());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kNotFound);
    EXPECT_TRUE(names_in(folder.path()).empty());
}

// Runs as another user, because nothing is forbidden to root. 0: what f returned was true.
int as_nobody(const std::function<bool()>& f) {
    const pid_t child = fork();
    if (child == 0) {
        constexpr uid_t kNobody = 65534;
        if (setgid(kNobody) != 0 || setuid(kNobody) != 0) _exit(2);
        _exit(f() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StoreOpen, WithoutPermissionTheErrorSaysWhatIsMissing) {
    if (getuid() != 0) GTEST_SKIP() << "needs root to become a user without rights";
    const TempFolder folder;
    fill(folder.options());
    fs::permissions(folder.path(), fs::perms(0755));
    const auto refused = [&](const char* words) {
        const auto store = Store::open(folder.options());
        return !store && store.error().kind == ErrorKind::kIo &&
               store.error().message.find(words) != std::string::npos;
    };
    EXPECT_EQ(as_nobody([&] { return refused("folder cannot be written to"); }), 0);
    EXPECT_EQ(as_nobody([&] {
                  const auto reader = Store::open_read_only(folder.file());
                  return reader && (*reader)->events({}).value().size() == 200;
              }),
              0)
        << "a report needs no right to write";
    {
        auto service = Store::open(folder.options()).value();
        ASSERT_TRUE(service->write({{event_of(201)}, {}, {}}));
        EXPECT_EQ(as_nobody([&] {
                      const auto reader = Store::open_read_only(folder.file());
                      return reader && (*reader)->events({}).value().size() == 201;
                  }),
                  0)
            << "nor while the service writes";
    }
    fs::permissions(folder.path(), fs::perms(0777));
    fs::permissions(folder.file(), fs::perms(0600));
    EXPECT_EQ(as_nobody([&] { return refused("cannot be read and written"); }), 0);
    EXPECT_EQ(as_nobody([&] { return !Store::open_read_only(folder.file()); }), 0);
}

// ---- Damage

class DamagedStore : public ::testing::Test {
  protected:
    void SetUp() override {
        fill(folder.options());
        content = read_file(folder.file());
    }
    // Opens a store with this content; it must be set aside unchanged, and a working one begun.
    void expect_set_aside(const std::string& damaged) {
        write_file(folder.file(), damaged);
        StoreOptions options = folder.options();
        options.clock = &clock;
        auto store = Store::open(options);
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE((*store)->set_aside());
        EXPECT_EQ(*(*store)->set_aside(), folder.file().string() + ".bad-20261122T080000Z");
        EXPECT_EQ(read_file(*(*store)->set_aside()), damaged);
        EXPECT_TRUE((*store)->events({}).value().empty());
        EXPECT_TRUE((*store)->write({{event_of(1)}, {}, {}}));
    }
    TempFolder folder;
    FixedClock clock;
    std::string content;
};

TEST_F(DamagedStore, GarbageIsSetAside) {
    std::mt19937 random(1);
    std::string garbage(20000, '\0');
    for (char& c : garbage)
        c = static_cast<char>(random());
    expect_set_aside(garbage);
}

TEST_F(DamagedStore, TextIsSetAside) {
    expect_set_aside("dear diary\n");
}

TEST_F(DamagedStore, TruncatedFileIsSetAside) {
    expect_set_aside(content.substr(0, content.size() / 2));
}

TEST_F(DamagedStore, TruncatedInThePageIsSetAside) {
    expect_set_aside(content.substr(0, 5000));
}

TEST_F(DamagedStore, OverwrittenPageIsSetAside) {
    std::string damaged = content;
    // Page 3 is the first tree of the schema: its kind of page becomes impossible.
    damaged.replace(2 * 4096, 8, "\x55\x55\x55\x55\x55\x55\x55\x55");
    expect_set_aside(damaged);
}

TEST_F(DamagedStore, SecondDamagedFileOfTheSameSecondOverwritesNothing) {
    expect_set_aside("first");
    StoreOptions options = folder.options();
    options.clock = &clock;
    write_file(folder.file(), "second");
    auto store = Store::open(options);
    ASSERT_TRUE(store);
    EXPECT_EQ(read_file(folder.file().string() + ".bad-20261122T080000Z"), "first");
    EXPECT_EQ(read_file(folder.file().string() + ".bad-20261122T080000Z-2"), "second");
}

TEST_F(DamagedStore, LogGoesWithItsStore) {
    write_file(folder.file().string() + "-wal", "log of the damaged one");
    write_file(folder.file(), "not a store");
    const auto store = Store::open(folder.options()).value();
    ASSERT_TRUE(store->set_aside());
    EXPECT_EQ(read_file(store->set_aside()->string() + "-wal"), "log of the damaged one");
}

TEST_F(DamagedStore, LogOfADamagedStoreIsNotWrittenIntoIt) {
    std::string log;
    {
        auto store = Store::open(folder.options()).value();
        ASSERT_TRUE(store->write({{event_of(300)}, {}, {}}));
        log = read_file(folder.file().string() + "-wal");
    }
    ASSERT_GT(log.size(), 4096u);
    std::string damaged = content;
    // Several pages: the log holds newer copies of some, which would hide the damage.
    const std::size_t pages = damaged.size() / 4096;
    for (const std::size_t page : {pages / 4, pages / 2, pages * 3 / 4}) {
        damaged.replace(page * 4096, 8, "\x55\x55\x55\x55\x55\x55\x55\x55");
    }
    write_file(folder.file().string() + "-wal", log);
    expect_set_aside(damaged);
    EXPECT_EQ(read_file(folder.file().string() + ".bad-20261122T080000Z-wal"), log);
}

TEST_F(DamagedStore, LogWithoutItsStoreIsNotThrownAway) {
    fs::remove(folder.file());
    write_file(folder.file().string() + "-wal", "all that is left");
    EXPECT_EQ(Store::open_read_only(folder.file()).error().kind, ErrorKind::kCorrupt);
    const auto store = Store::open(folder.options()).value();
    ASSERT_TRUE(store->set_aside());
    EXPECT_EQ(read_file(store->set_aside()->string() + "-wal"), "all that is left");
}

TEST_F(DamagedStore, EmptyFileBecomesANewStore) {
    write_file(folder.file(), "");
    const auto store = Store::open(folder.options()).value();
    EXPECT_FALSE(store->set_aside()) << "nothing was in it";
    EXPECT_TRUE(store->write({{event_of(1)}, {}, {}}));
}

TEST_F(DamagedStore, ReaderReportsDamageAndTouchesNothing) {
    write_file(folder.file(), "not a store");
    const auto store = Store::open_read_only(folder.file());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kCorrupt);
    EXPECT_EQ(read_file(folder.file()), "not a store");
}

TEST_F(DamagedStore, FlippedBytesNeverCrashAndNothingIsOverwritten) {
    std::mt19937 random(20261122);
    int opened = 0, set_aside = 0, refused = 0;
    for (int round = 0; round < 60; ++round) {
        std::string damaged = content;
        for (int flips = 1 + static_cast<int>(random() % 20); flips > 0; --flips) {
            // Every third round hits the header, where it hurts most.
            const std::size_t range = round % 3 == 0 ? 100 : damaged.size();
            damaged[random() % range] ^= static_cast<char>(1 + random() % 255);
        }
        for (const std::string& name : names_in(folder.path()))
            fs::remove(folder.path() / name);
        write_file(folder.file(), damaged);
        const auto store = Store::open(folder.options());
        if (!store) {
            ++refused;  // for example: "of a newer version", when that number was hit
            EXPECT_EQ(read_file(folder.file()).size(), damaged.size()) << store.error().message;
        } else if ((*store)->set_aside()) {
            ++set_aside;
            EXPECT_EQ(read_file(*(*store)->set_aside()), damaged);
        } else {
            ++opened;
            (void)(*store)->events({});  // an error or rows, no crash
        }
    }
    EXPECT_GT(set_aside, 15);
    EXPECT_LT(refused, 20);
    RecordProperty("opened", opened);
}

// ---- Versions

TEST(StoreMigration, StoreOfEveryReleasedVersionIsBroughtForwardWithItsContent) {
    const fs::path fixtures = fs::path(CHAIRSIDE_SOURCE_DIR) / "tests/golden/store";
    int found = 0;
    for (const auto& entry : fs::directory_iterator(fixtures)) {
        if (entry.path().extension() != ".sql") continue;
        ++found;
        const TempFolder folder;
        ASSERT_EQ(raw(folder.file(), read_file(entry.path())), "");
        const auto store = Store::open(folder.options());
        ASSERT_TRUE(store) << store.error().message;
        EXPECT_FALSE((*store)->set_aside());
        EXPECT_EQ((*store)->schema_version(), static_cast<int>(migrations().size()));
        const auto events = (*store)->events({}).value();
        ASSERT_EQ(events.size(), 2u) << entry.path();
        EXPECT_EQ(events[0].event.zone, "Stuhl 1 „Ö“");
        EXPECT_EQ(events[0].event.metadata.at("end"), "left");
        EXPECT_EQ(events[0].event.dwell, from_seconds(1830.25));
        EXPECT_EQ(events[1].event.state, EventState::kOpen);
        // Version 1 knew no visits; nothing is made up for its events.
        const bool has_visits = entry.path().filename() != "v1.sql";
        EXPECT_EQ(events[0].event.visit.has_value(), has_visits);
        EXPECT_EQ(events[1].event.visit.has_value(), has_visits);
        EXPECT_FALSE(events[1].event.part_of);
        EXPECT_EQ((*store)->open_sessions().value().at(0).event, events[1].event.id);
        EXPECT_EQ((*store)->outbox(-1).value().size(), 2u);
        EXPECT_EQ((*store)->gaps(at(-1e6), at(1e6)).value().size(), 2u);
        EXPECT_EQ((*store)->last_alive().value().size(), 1u);
        EXPECT_EQ((*store)->value("reports.last").value(), "2026-11-21");
    }
    EXPECT_EQ(found, static_cast<int>(migrations().size()))
        << "one frozen store per version: tests/golden/store";
}

// Everything that the schema says, however its text is laid out.
std::string schema_of(const fs::path& file) {
    return raw(
        file,
        "SELECT group_concat(line, char(10)) FROM (SELECT m.type || ' ' || m.name || ' ' || coalesce((SELECT "
        "group_concat(c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk || ' ' || "
        "coalesce(c.dflt_value, '-')) FROM pragma_table_info(m.name) AS c), (SELECT group_concat(i.name) "
        "FROM "
        "pragma_index_info(m.name) AS i)) AS line FROM sqlite_schema AS m WHERE m.name NOT LIKE 'sqlite_%' "
        "ORDER BY m.name)");
}

TEST(StoreMigration, EveryVersionEndsInTheSameSchemaAndASecondOpeningChangesNothing) {
    const TempFolder fresh;
    ASSERT_TRUE(Store::open(fresh.options()));
    const std::string schema = schema_of(fresh.file());
    ASSERT_THAT(schema, HasSubstr("table events id BLOB"));
    for (std::size_t version = 1; version <= migrations().size(); ++version) {
        SCOPED_TRACE(version);
        const TempFolder folder;
        const std::string name = "tests/golden/store/v" + std::to_string(version) + ".sql";
        ASSERT_EQ(raw(folder.file(), read_file(fs::path(CHAIRSIDE_SOURCE_DIR) / name)), "");
        ASSERT_TRUE(Store::open(folder.options()));
        EXPECT_EQ(schema_of(folder.file()), schema);
        EXPECT_EQ(raw(folder.file(), "PRAGMA integrity_check"), "ok");
        EXPECT_EQ(raw(folder.file(), "PRAGMA foreign_key_check"), "");
        const std::string once = read_file(folder.file());
        ASSERT_TRUE(Store::open(folder.options()));
        EXPECT_TRUE(read_file(folder.file()) == once) << "not a byte";
    }
}

std::unique_ptr<sqlite::Database> blank(const TempFolder& folder) {
    return sqlite::Database::open(folder.file(), sqlite::Mode::kWrite).value();
}

TEST(StoreOpen, AConnectionKeepsHalfAMegabyteOfPages) {
    const TempFolder folder;
    const auto database = blank(folder);
    ASSERT_TRUE(sqlite::keep_few_pages(*database));
    EXPECT_EQ(database->number("PRAGMA cache_size").value(), -512);  // kB
}

TEST(StoreMigration, StepsRunOnceAndInOrder) {
    const TempFolder folder;
    const Migration steps[] = {{1, "0001_a.sql", "CREATE TABLE a (x); INSERT INTO a VALUES (1)"},
                               {2, "0002_b.sql", "INSERT INTO a SELECT x + 1 FROM a"}};
    auto database = blank(folder);
    ASSERT_TRUE(migrate(*database, std::span(steps, 1)));
    EXPECT_FALSE(check_version(*database, steps)) << "a reader may not migrate";
    ASSERT_TRUE(migrate(*database, steps));
    ASSERT_TRUE(migrate(*database, steps));
    EXPECT_EQ(database->number("SELECT count(*) FROM a").value(), 2);
    EXPECT_EQ(check_version(*database, steps).value(), 2);
}

TEST(StoreMigration, FailingStepLeavesTheEarlierVersionWhole) {
    const TempFolder folder;
    const Migration steps[] = {{1, "0001_a.sql", "CREATE TABLE a (x)"},
                               {2, "0002_b.sql", "INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1)"}};
    auto database = blank(folder);
    const auto done = migrate(*database, steps);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("0002_b.sql"));
    EXPECT_EQ(database->number("PRAGMA user_version").value(), 1);
    EXPECT_EQ(database->number("SELECT count(*) FROM a").value(), 0);
}

}  // namespace
}  // namespace chairside
