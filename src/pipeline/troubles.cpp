#include "pipeline/troubles.hpp"

#include "pipeline/clock_watch.hpp"
#include "serve/machine.hpp"

namespace chairside {

Surroundings surroundings_of(const EventSink& sink, WallTime now) {
    const OwnUse own = own_use();
    return {sink.kept(),    sink.refusal(),      log_loss(),         now,
            own.open_files, own.most_open_files, memory_left_bytes()};
}

void Troubles::look(const Surroundings& here) {
    note(Kind::kStore, "store", here.kept_batches > 0,
         "The disk takes no new services; they are kept in memory and written once it does. Make room on it "
         "and do "
         "not switch off. (" +
             std::to_string(here.kept_batches) + " changes wait; " + here.store_words + ")",
         nullptr);  // the sink says both itself, when it happens
    note(Kind::kLog, "disk", here.log.now,
         "The log's file takes no lines: is its disk full? (" + here.log.why + ")",
         "the log's file takes lines again");
    note(Kind::kClock, "clock", !ClockWatch::is_set(here.wall),
         "This PC's clock is not set; services are filed under a wrong day until it is. Turn on automatic "
         "time. (" +
             format_utc(here.wall) + ")",
         "the clock is set");
    const bool few = here.open_files == 0 || here.open_files + kFewFiles > here.most_open_files;
    note(Kind::kFiles, "service", here.most_open_files > 0 && few,
         "The service may open no more files: cameras and readers of the dashboard cannot connect anew. "
         "(limit " +
             std::to_string(here.most_open_files) + ")",
         "files can be opened again");
    note(Kind::kMemory, "service", here.memory_left_bytes.value_or(kLittleMemory) < kLittleMemory,
         "This PC has hardly any memory left; close other programs. (" +
             std::to_string(here.memory_left_bytes.value_or(0) >> 20) + " MB)",
         "there is memory again");
}

std::vector<Trouble> Troubles::now() const {
    return now_.with([](const auto& all) {
        std::vector<Trouble> out;
        for (const auto& [kind, problem] : all)
            out.push_back(problem);
        return out;
    });
}

// Without words for its end a trouble is only for `status`.
void Troubles::note(Kind kind, const char* what, bool there, const std::string& words, const char* over) {
    const bool news = now_.with([&](auto& all) {
        const bool known = all.contains(kind);
        if (there)
            all[kind] = {what, words};
        else
            all.erase(kind);
        return known != there;
    });
    if (!news || over == nullptr) return;
    if (there)
        log_error("", words);
    else
        log_info("", over);
}

}  // namespace chairside
