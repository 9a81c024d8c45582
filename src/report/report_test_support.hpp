#pragma once
// What the report's tests share: days in a salon, made by hand, and a reader of our CSV.

#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "report/report_generator.hpp"
#include "store/store_test_support.hpp"

namespace chairside::report_test {

using store_test::closed;
using store_test::id_of;
using store_test::TempFolder;

inline WallTime utc(const std::string& text) {
    return parse_iso(text).value();
}

// For set-up that has to work: a failure ends the test with its message.
inline void must(const Result<void>& done) {
    if (!done) throw std::runtime_error(done.error().message);
}

inline TimeZone berlin() {
    return TimeZone::find("Europe/Berlin").value();
}

// A store and a generator over it, in a folder that goes away.
struct Salon {
    explicit Salon(ReportsConfig config = {}, std::string branch = "DEMO", TimeZone zone = berlin()) {
        config.dir = folder.path() / "reports";
        StoreOptions options = folder.options();
        options.branch = branch;
        store = Store::open(options).value();
        reports = std::make_unique<ReportGenerator>(*store, zone, config, branch, "pc-1");
    }
    // Counted, finished, unless changed afterwards.
    Event& add(const std::string& start, double minutes, ZoneType type, const std::string& zone,
               const std::string& camera = "cam-1") {
        Event event;
        event.id = id_of(++last);
        event.camera = camera;
        event.zone = zone;
        event.type = type;
        event.person = {static_cast<std::int64_t>(last)};
        event.start = utc(start);
        event.dwell = from_seconds(minutes * 60);
        event.end = event.start + event.dwell;
        event.state = EventState::kClosed;
        event.revision = 2;
        event.confidence = 0.875;
        event.metadata = {{"end", "left"}};
        events.push_back(std::move(event));
        return events.back();
    }
    void gap(const std::string& camera, const std::string& start, const std::string& end,
             const std::string& reason) {
        const auto id = store->begin_gap(camera, utc(start), reason).value();
        if (!end.empty()) must(store->end_gap(id, utc(end)));
    }
    void save() { must(store->write({events, {}, {}})); }
    std::filesystem::path file(const std::string& name) const { return folder.path() / "reports" / name; }

    TempFolder folder;
    std::unique_ptr<Store> store;
    std::unique_ptr<ReportGenerator> reports;
    std::vector<Event> events;
    std::uint64_t last = 0;
};

// RFC 4180, and back what defuse() did.
inline std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1);
    std::string cell;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inside) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                cell += '"';
                ++i;
            } else if (c == '"') {
                inside = false;
            } else {
                cell += c;
            }
        } else if (c == '"') {
            inside = true;
        } else if (c == ',' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
            rows.back().push_back(std::exchange(cell, ""));
            if (c == '\r') {
                rows.emplace_back();
                ++i;
            }
        } else {
            cell += c;
        }
    }
    rows.pop_back();
    return rows;
}

inline bool one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

inline std::string undo_defuse(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool after_separator = i > 0 && one_of(text[i - 1], ";\t\r\n");
        const bool after_quote = i > 1 && text[i - 1] == '"' && one_of(text[i - 2], ";\t\r\n");
        const std::size_t end = text.find_first_not_of('\'', i);
        const bool guarded = end != i && end != std::string::npos && one_of(text[end], "=+-@\t\r");
        if ((i == 0 || after_separator || after_quote) && guarded) ++i;
        out += text[i];
    }
    return out;
}

}  // namespace chairside::report_test
