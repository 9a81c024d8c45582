#include "sync/sync_engine.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace chairside {
namespace {

constexpr Duration kLook = std::chrono::seconds(1);  // for new rows, when there is nothing to do
constexpr Duration kGapsEvery = std::chrono::seconds(10);
constexpr Duration kStoreAgain = std::chrono::seconds(5);
constexpr std::size_t kGapRows = 100;
constexpr std::size_t kProbeRows = 1;
constexpr std::size_t kSampleRows = 8;
// To find one bad row among 500 takes 9 halvings; more refusals than this without one row taken is no row's fault.
constexpr int kMostRefusals = 24;
constexpr int kFewRefusals = 4;  // once that is known
constexpr std::size_t kMostSuspects = 200;
constexpr int kTooLarge = 413, kInternalError = 500;  // HTTP

std::string breaker_name(const Breaker& breaker) {
    switch (breaker.state()) {
        case Breaker::State::kClosed:
            return "closed";
        case Breaker::State::kOpen:
            return "open";
        case Breaker::State::kHalfOpen:
            return "half-open";
    }
    return "closed";
}

}  // namespace

SyncEngine::SyncEngine(Store& store, SupabaseClient& client, const Clock& clock, Random& random,
                       Settings settings, std::function<DeviceStatus()> status)
    : store_(store),
      client_(client),
      clock_(clock),
      random_(random),
      settings_(settings),
      status_(std::move(status)),
      gap_rows_(kGapRows) {
    heartbeat_at_ = gaps_at_ = config_at_ = ready_at_ = clock_.mono_now();
    state_.with([](SyncState& s) { s.state = "starting"; });
}

SyncState SyncEngine::state() const {
    return state_.with([](const SyncState& s) { return s; });
}

void SyncEngine::now() {
    ready_at_ = heartbeat_at_ = gaps_at_ = config_at_ = suspects_at_ = clock_.mono_now();
    for (Hold* hold : {&heartbeats_, &gaps_, &events_, &config_})
        hold->until = clock_.mono_now();
}

bool SyncEngine::heartbeat_due(MonoTime now) const {
    return status_ && now >= heartbeat_at_ && !heartbeats_.active(now);
}

Duration SyncEngine::step() {
    const MonoTime now = clock_.mono_now();
    Duration wait(0);
    if (now < ready_at_) {
        wait = ready_at_ - now;
    } else {
        breaker_.probe();
        // With the breaker open only one small request goes; events first, they are what matters.
        auto outcome = breaker_.closed() && heartbeat_due(now) ? send_heartbeat() : std::nullopt;
        if (!outcome && breaker_.closed() && now >= gaps_at_ && !gaps_.active(now)) outcome = send_gaps();
        if (!outcome && breaker_.closed() && now >= config_at_ && !config_.active(now))
            outcome = look_for_config();
        if (!outcome && !events_.active(now)) outcome = send_events();
        if (!outcome && heartbeat_due(now)) outcome = send_heartbeat();
        if (!outcome) wait = kLook;
        if (outcome == Outcome::kLater) wait = std::max(Duration(0), ready_at_ - clock_.mono_now());
    }
    publish(wait);
    return wait;
}

// ---- Heartbeats and gaps

// The answer to what is no event: nothing if the server took it, else how to go on.
std::optional<SyncEngine::Outcome> SyncEngine::answered(Hold& stream, const Decision& decision) {
    switch (decision.action) {
        case SyncAction::kDone:
            release(stream);
            succeeded();
            return std::nullopt;
        case SyncAction::kStopped:
            return Outcome::kLater;
        case SyncAction::kRetry:
        case SyncAction::kTooBig:
            failed(decision);
            return Outcome::kLater;
        default:
            hold(stream, decision);
            return Outcome::kOk;
    }
}

std::optional<SyncEngine::Outcome> SyncEngine::send_heartbeat() {
    // Only the newest matters: one that does not get through is never queued, the next one replaces it.
    heartbeat_at_ = clock_.mono_now() + settings_.heartbeat_interval;
    return answered(heartbeats_, client_.report(status_())).value_or(Outcome::kOk);
}

std::optional<SyncEngine::Outcome> SyncEngine::send_gaps() {
    const auto gaps = store_.unsent_gaps(static_cast<std::int64_t>(gap_rows_));
    if (!gaps || gaps->empty()) {
        gaps_at_ = clock_.mono_now() + kGapsEvery;
        gap_rows_ = kGapRows;
        return std::nullopt;
    }
    const Decision decision = client_.submit(*gaps);
    const bool of_a_row = decision.action == SyncAction::kRowFault || decision.action == SyncAction::kTooBig;
    if (of_a_row && gap_rows_ > 1) {
        gap_rows_ = 1;
        return Outcome::kOk;
    }
    if (of_a_row) {
        log_error(gaps->front().camera, "the server refuses a gap; its charts show it as watched",
                  {{"start", format_utc(gaps->front().start)}, {"why", decision.words}});
        release(gaps_);
        succeeded();
    } else if (const auto outcome = answered(gaps_, decision)) {
        return outcome;
    }
    if (const auto noted = store_.gaps_sent(*gaps); !noted) gaps_at_ = clock_.mono_now() + kStoreAgain;
    return Outcome::kOk;
}

// ---- Events

bool SyncEngine::fetch() {
    const bool sampling = newest_first_;
    witness_asked_ = false;
    const std::size_t rows = !breaker_.closed() ? kProbeRows : sampling ? kSampleRows : batch_.rows();
    const auto end = sampling ? Store::End::kNewest : Store::End::kOldest;
    // Suspects are stepped over, so they do not count.
    constexpr std::size_t kLargestBody = 32 * 1024;
    auto found = store_.outbox_batch(rows + suspects_.size(),
                                     BatchSize::kBytes + suspects_.size() * kLargestBody, end);
    if (!found) {
        say_error("the store does not answer: " + found.error().message);
        ready_at_ = clock_.mono_now() + kStoreAgain;
        return false;
    }
    if (found->empty()) {
        suspects_.clear();
        return false;
    }
    std::size_t bytes = 0, kept = 0;
    std::erase_if(*found, [&](const OutboxRow& row) {
        if (suspects_.contains(row.sequence)) return true;
        bytes += row.body.size() + 1;
        return kept++ > 0 && bytes > BatchSize::kBytes;
    });
    if (found->empty()) {
        // Nothing but rows that were refused: now and then they are tried again.
        if (clock_.mono_now() < suspects_at_) return false;
        suspects_.clear();
        refusals_ = 0;
        return fetch();
    }
    if (found->size() > rows) found->resize(rows);
    pieces_.push_back(std::move(*found));
    return true;
}

std::optional<SyncEngine::Outcome> SyncEngine::send_events() {
    if (!breaker_.closed() && !pieces_.empty()) pieces_.clear();  // the probe is one row
    if (pieces_.empty() && !fetch()) return std::nullopt;
    std::vector<OutboxRow> piece = std::move(pieces_.back());
    pieces_.pop_back();
    const MonoTime started = clock_.mono_now();
    Decision decision = client_.submit(piece);
    if (decision.action == SyncAction::kConflict && piece.size() == 1)
        decision = client_.revise(piece.front());
    const SyncAction action = decision.action;
    settle(std::move(piece), std::move(decision), clock_.mono_now() - started);
    return action == SyncAction::kRetry || action == SyncAction::kStopped ? Outcome::kLater : Outcome::kOk;
}

void SyncEngine::settle(std::vector<OutboxRow> piece, Decision decision, Duration took) {
    const bool alone = piece.size() == 1;
    const bool slow_row = decision.action == SyncAction::kTooBig && alone && decision.http != kTooLarge;
    if (decision.action != SyncAction::kRetry && decision.action != SyncAction::kStopped && !slow_row)
        reached();
    switch (decision.action) {
        case SyncAction::kDone:
            return delivered(piece, took);
        case SyncAction::kRefused:
            return refused(std::move(piece), decision);
        case SyncAction::kRowFault:
        case SyncAction::kConflict:
            return alone ? bury(piece.front(), decision) : split(std::move(piece));
        case SyncAction::kTooBig:
            batch_.too_much(piece.size());
            if (!alone) return split(std::move(piece));
            if (!slow_row) return bury(piece.front(), decision);
            pieces_.clear();
            return failed(decision);
        case SyncAction::kHold:
        case SyncAction::kRefreshToken:
            pieces_.clear();
            return hold(events_, decision);
        case SyncAction::kRetry:
            // What the server has of it is not known: it is sent again, and ignored there if it is known.
            pieces_.clear();
            if (decision.http == 0 || decision.http == kInternalError) batch_.too_much(piece.size());
            // The server may stumble over this row alone: it is never dead for that, but stepped over.
            if (alone && decision.http == kInternalError) suspect(piece.front());
            return failed(decision);
        case SyncAction::kStopped:
            pieces_.clear();
            return;
    }
}

void SyncEngine::delivered(const std::vector<OutboxRow>& piece, Duration took) {
    if (const auto noted = store_.delivered(piece); !noted) {
        // They stay queued and are sent again, which does no harm.
        say_error("the store does not take the server's answer: " + noted.error().message);
        pieces_.clear();
        ready_at_ = clock_.mono_now() + kStoreAgain;
        return;
    }
    refusals_ = 0;
    newest_first_ = false;
    witness_ = piece.back();
    suspects_.clear();  // their turn comes again, now with a witness
    suspects_backoff_.reset();
    batch_.went_well(piece.size(), took);
    state_.with([&](SyncState& s) { s.sent += static_cast<std::int64_t>(piece.size()); });
    release(events_);
    succeeded();
}

// The same answer for a row that was taken before would mean the device, not the row.
bool SyncEngine::witness_is_taken() {
    const Decision decision = client_.submit(*witness_);
    if (decision.action == SyncAction::kDone) return true;
    pieces_.clear();
    if (decision.action == SyncAction::kRetry)
        failed(decision);
    else if (decision.action != SyncAction::kStopped)
        hold(events_, decision);
    return false;
}

void SyncEngine::refused(std::vector<OutboxRow> piece, const Decision& decision) {
    if (witness_) {
        // Before a row dies the witness is asked each time: the device may have been disabled a moment ago.
        if ((piece.size() == 1 || !witness_asked_) && !witness_is_taken()) return;
        witness_asked_ = true;
        return piece.size() == 1 ? bury(piece.front(), decision) : split(std::move(piece));
    }
    if (piece.size() == 1) {
        suspect(piece.front());
        say_error(decision.words);
    }
    const int most = events_.words.empty() ? kMostRefusals : kFewRefusals;
    if (++refusals_ > most) {
        // Not one row is taken. Next time from the other end of the queue, which was written under the present
        // configuration.
        pieces_.clear();
        refusals_ = 0;
        newest_first_ = !newest_first_;
        if (suspects_.size() > kMostSuspects) suspects_.clear();
        return hold(events_, decision);
    }
    if (piece.size() > 1) split(std::move(piece));
}

void SyncEngine::suspect(const OutboxRow& row) {
    suspects_.insert(row.sequence);
    suspects_at_ = clock_.mono_now() + suspects_backoff_.next(random_);
}

void SyncEngine::bury(const OutboxRow& row, const Decision& decision) {
    const Death why{decision.words, decision.http, decision.code};
    if (const auto done = store_.bury(row, why); !done) {
        say_error("the store does not take a refused row: " + done.error().message);
        ready_at_ = clock_.mono_now() + kStoreAgain;
        return;
    }
    suspects_.erase(row.sequence);
    log_error("", "the server will not take a row; it is kept: see 'chairside sync dead list'",
              {{"event", row.event.to_string()}, {"why", decision.words}});
}

// The older half goes first.
void SyncEngine::split(std::vector<OutboxRow> piece) {
    const auto middle = piece.begin() + static_cast<std::ptrdiff_t>((piece.size() + 1) / 2);
    std::vector<OutboxRow> newer(std::make_move_iterator(middle), std::make_move_iterator(piece.end()));
    piece.erase(middle, piece.end());
    if (!newer.empty()) pieces_.push_back(std::move(newer));
    pieces_.push_back(std::move(piece));
}

// ---- Waiting and telling

// An answer came, whatever it says: the way there is open.
void SyncEngine::reached() {
    if (!breaker_.closed() || backoff_.failures() > 0) log_info("", "the central store can be reached again");
    breaker_.succeeded();
    backoff_.reset();
}

void SyncEngine::succeeded() {
    reached();
    const bool clean = heartbeats_.words.empty() && gaps_.words.empty() && events_.words.empty() &&
                       config_.words.empty() && suspects_.empty();
    state_.with([&](SyncState& s) {
        s.last_success = clock_.wall_now();
        if (clean) s.last_error.clear();
    });
}

void SyncEngine::failed(const Decision& decision) {
    if (backoff_.failures() == 0)
        log_warning("", "the central store cannot be reached; events wait in the outbox",
                    {{"why", decision.words}});
    breaker_.failed();
    Duration wait = backoff_.next(random_);
    // A server that names a time means all its clients: a little later each, so that they do not come at once.
    if (decision.retry_after)
        wait = std::max(wait, *decision.retry_after +
                                  from_seconds(to_seconds(*decision.retry_after) *
                                               std::uniform_real_distribution<double>(0, 0.1)(random_)));
    ready_at_ = clock_.mono_now() + wait;
    say_error(decision.words);
}

void SyncEngine::hold(Hold& hold, const Decision& decision) {
    reached();
    if (hold.words.empty())
        log_error("", "the central store takes nothing until this is put right; everything is kept",
                  {{"why", decision.words}});
    hold.words = decision.words;
    // Never at once: a person has to act first.
    constexpr auto kAtLeast = std::chrono::seconds(5);
    hold.until = clock_.mono_now() + kAtLeast + hold.backoff.next(random_);
    say_error(decision.words);
}

void SyncEngine::release(Hold& hold) {
    if (!hold.words.empty()) log_info("", "the central store takes events and messages again");
    hold.words.clear();
    hold.backoff.reset();
}

void SyncEngine::say_error(const std::string& words) {
    state_.with([&](SyncState& s) {
        s.last_error = words;
        s.last_error_at = clock_.wall_now();
    });
}

void SyncEngine::publish(Duration wait) {
    const MonoTime now = clock_.mono_now();
    state_.with([&](SyncState& s) {
        s.breaker = breaker_name(breaker_);
        s.clock_offset = client_.clock_offset();
        s.results = client_.results();
        s.requests = 0;
        for (const auto& [result, count] : s.results)
            s.requests += count;
        s.next_try_in = std::nullopt;
        s.state = wait == Duration(0) ? "sending" : "ok";
        for (const Hold* hold : {&heartbeats_, &gaps_, &events_, &config_}) {
            if (hold->words.empty()) continue;
            s.state = "held";
            if (now < hold->until) s.next_try_in = hold->until - now;
        }
        if (now < ready_at_) {
            s.state = "waiting";
            s.next_try_in = ready_at_ - now;
        }
    });
}

}  // namespace chairside
