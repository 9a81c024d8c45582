#include "replay_output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <tuple>
#include <vector>

namespace chairside {
namespace {

std::string quoted(const std::string& cell) {
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string out = "\"";
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string decimals(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string row(const Event& e) {
    const double enter = to_seconds(e.start.time_since_epoch()), exit = to_seconds(e.end.time_since_epoch());
    std::string metadata;
    const auto reasons = e.metadata.find("reasons");
    for (const auto& [key, value] : e.metadata)
        metadata += (metadata.empty() ? "" : ";") + key + '=' + value;
    std::string out = quoted(e.zone);
    for (const auto& cell :
         {std::string(to_string(e.type)), decimals(enter, 3), decimals(exit, 3),
          decimals(to_seconds(e.dwell), 3), e.id.to_string(), e.camera, std::to_string(e.person.value),
          std::string(to_string(e.state)), std::string(to_string(e.verdict)), decimals(e.confidence, 3),
          metadata, e.visit ? e.visit->to_string() : std::string(),
          e.part_of ? e.part_of->to_string() : std::string(),
          reasons != e.metadata.end() ? reasons->second : std::string()}) {
        out += ',' + quoted(cell);
    }
    return out + '\n';
}

}  // namespace

WholeFile::WholeFile(std::filesystem::path path, std::filesystem::path part, std::FILE* file)
    : path_(std::move(path)), part_(std::move(part)), file_(file) {}

WholeFile::~WholeFile() {
    if (!file_) return;
    file_.reset();
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
}

Result<void> WholeFile::io_error(const char* what) const {
    return fail(ErrorKind::kIo,
                std::string("cannot ") + what + " " + path_.string() + ": " + std::strerror(errno));
}

Result<WholeFile> WholeFile::create(const std::filesystem::path& path) {
    auto part = path;
    part += ".part";
    std::FILE* file = std::fopen(part.c_str(), "wbe");
    if (file == nullptr)
        return fail(ErrorKind::kIo, "cannot write " + path.string() + ": " + std::strerror(errno));
    return WholeFile(path, part, file);
}

Result<void> WholeFile::append(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return io_error("write");
    return {};
}

Result<void> WholeFile::finish() {
    if (std::fflush(file_.get()) != 0) return io_error("write");
    file_.reset();
    if (std::rename(part_.c_str(), path_.c_str()) != 0) return io_error("put in place");
    return {};
}

void EventTable::add(const std::vector<Event>& events) {
    for (const Event& event : events) {
        auto [at, fresh] = events_.try_emplace(event.id, event);
        if (!fresh && event.revision > at->second.revision) at->second = event;
    }
}

std::string EventTable::csv(bool all_verdicts) const {
    std::vector<const Event*> rows;
    for (const auto& [id, event] : events_) {
        if (all_verdicts || event.verdict == Verdict::kCounted) rows.push_back(&event);
    }
    std::sort(rows.begin(), rows.end(), [](const Event* a, const Event* b) {
        return std::tie(a->start, a->camera, a->zone, a->id) < std::tie(b->start, b->camera, b->zone, b->id);
    });
    std::string out =
        "zone,type,enter_s,exit_s,dwell_s,id,camera,person,state,verdict,confidence,metadata,"
        "visit,part_of,reasons\n";
    for (const Event* event : rows)
        out += row(*event);
    return out;
}

int EventTable::counted(ZoneType type) const {
    return static_cast<int>(std::count_if(events_.begin(), events_.end(), [&](const auto& item) {
        return item.second.type == type && is_service(item.second);
    }));
}

}  // namespace chairside
