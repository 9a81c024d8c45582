#include "serve/dashboard_broadcaster.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "base/check.hpp"

namespace chairside {
namespace {

constexpr std::array kNames = {"status", "event", "summary", "tracks", "resync"};

std::shared_ptr<const std::string> numbered(std::uint64_t seq, const std::string& object) {
    CHAIRSIDE_CHECK(object.size() > 2 && object.front() == '{');
    return std::make_shared<const std::string>("{\"seq\":" + std::to_string(seq) + "," + object.substr(1));
}

}  // namespace

const char* to_string(UpdateType type) {
    return kNames[static_cast<std::size_t>(type)];
}

std::optional<UpdateType> parse_update_type(std::string_view text) {
    for (std::size_t i = 0; i + 1 < kNames.size(); ++i)
        if (text == kNames[i]) return static_cast<UpdateType>(i);
    return std::nullopt;
}

std::optional<EventMark> EventMark::parse(std::string_view text) {
    const auto dot = text.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return std::nullopt;
    EventMark mark{std::string(text.substr(0, dot)), 0};
    const auto digits = text.substr(dot + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mark.seq);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return mark;
}

struct Subscription::State {
    Topics topics;
    std::function<void()> wake;
    std::mutex mutex;  // guards all below
    std::deque<Update> events;
    std::map<std::pair<UpdateType, std::string>, Update> newest;
    const char* resync = nullptr;  // the reason of a mark that waits
    std::uint64_t resyncs = 0;
    std::optional<MonoTime> waiting_since;  // of the oldest that nobody took
    bool closed = false;

    bool wants(const Update& update) const {
        switch (update.type) {
            case UpdateType::kStatus:
                return topics.status;
            case UpdateType::kEvent:
                return topics.event;
            case UpdateType::kSummary:
                return topics.summary;
            case UpdateType::kTracks:
                return topics.tracks && (topics.camera.empty() || topics.camera == update.key);
            case UpdateType::kResync:
                break;
        }
        return false;
    }

    // False: not one of its topics.
    bool put(const Update& update, MonoTime now) {
        if (!wants(update)) return false;
        const std::lock_guard lock(mutex);
        if (closed) return true;
        if (!waiting_since) waiting_since = now;
        if (update.type != UpdateType::kEvent) {
            newest[{update.type, update.key}] = update;
            return true;
        }
        events.push_back(update);
        if (events.size() <= DashboardBroadcaster::kMostEvents) return true;
        events.clear();
        resync = "behind";
        return true;
    }
};

// ---- Subscription

Subscription::Subscription(DashboardBroadcaster& broadcaster, std::shared_ptr<State> state)
    : broadcaster_(broadcaster), state_(std::move(state)) {}

Subscription::~Subscription() {
    broadcaster_.unsubscribe(state_);
}

bool Subscription::closed() const {
    const std::lock_guard lock(state_->mutex);
    return state_->closed;
}

std::vector<Update> Subscription::take() {
    std::vector<Update> out;
    const std::lock_guard lock(state_->mutex);
    if (state_->closed) return out;
    if (const char* reason = std::exchange(state_->resync, nullptr)) {
        const std::uint64_t seq = ++state_->resyncs;
        ++broadcaster_.resyncs_;
        out.push_back(
            {UpdateType::kResync, seq, {}, numbered(seq, std::string(R"({"reason":")") + reason + "\"}")});
    }
    out.insert(out.end(), state_->events.begin(), state_->events.end());
    for (auto& [key, update] : state_->newest)
        out.push_back(std::move(update));
    state_->events.clear();
    state_->newest.clear();
    state_->waiting_since.reset();
    return out;
}

// ---- DashboardBroadcaster

DashboardBroadcaster::DashboardBroadcaster(std::string epoch, const Clock& clock)
    : epoch_(std::move(epoch)), clock_(clock) {}

DashboardBroadcaster::~DashboardBroadcaster() {
    const std::lock_guard lock(mutex_);
    CHAIRSIDE_CHECK(subscribers_.empty());
}

void DashboardBroadcaster::publish(UpdateType type, const std::string& object, const std::string& key) {
    CHAIRSIDE_CHECK(type != UpdateType::kResync);
    const MonoTime now = clock_.mono_now();
    std::vector<StatePtr> to_wake;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        Update update{type, ++numbers_[{type, key}], key, nullptr};
        update.data = numbered(update.seq, object);
        ++published_;
        if (type == UpdateType::kEvent) {
            events_.push_back(update);
            if (events_.size() > kReplay) events_.pop_front();
        }
        if (watchers_ > 0 && type == UpdateType::kStatus) status_ = update;
        if (watchers_ > 0 && type == UpdateType::kSummary) summary_ = update;
        for (const StatePtr& state : subscribers_) {
            if (state->put(update, now)) to_wake.push_back(state);
        }
        for (StatePtr& state : unresponsive(now))
            to_wake.push_back(std::move(state));
    }
    for (const StatePtr& state : to_wake)
        state->wake();
}

std::vector<DashboardBroadcaster::StatePtr> DashboardBroadcaster::unresponsive(MonoTime now) {
    std::vector<StatePtr> out;
    for (const StatePtr& state : subscribers_) {
        const std::lock_guard lock(state->mutex);
        if (state->closed || !state->waiting_since || now - *state->waiting_since < kPatience) continue;
        state->closed = true;
        state->events.clear();
        state->newest.clear();
        ++removed_;
        out.push_back(state);
    }
    return out;
}

void DashboardBroadcaster::remove_unresponsive() {
    std::vector<StatePtr> to_wake;
    {
        const std::lock_guard lock(mutex_);
        to_wake = unresponsive(clock_.mono_now());
    }
    for (const StatePtr& state : to_wake)
        state->wake();
}

std::unique_ptr<Subscription> DashboardBroadcaster::subscribe(const Topics& topics,
                                                              std::function<void()> wake,
                                                              const std::optional<EventMark>& after) {
    auto state = std::make_shared<Subscription::State>();
    state->topics = topics;
    state->wake = std::move(wake);
    {
        const std::lock_guard lock(mutex_);
        state->closed = closed_;
        if (after && topics.event) replay(*state, *after);
        for (const auto& last : {status_, summary_})
            if (last) state->put(*last, clock_.mono_now());
        subscribers_.insert(state);
        ++watchers_;
        if (topics.tracks) ++track_watchers_;
    }
    if (on_subscribe_) on_subscribe_();
    return std::unique_ptr<Subscription>(new Subscription(*this, std::move(state)));
}

void DashboardBroadcaster::replay(Subscription::State& state, const EventMark& after) {
    const std::uint64_t newest = numbers_[{UpdateType::kEvent, {}}];
    const std::uint64_t oldest = newest - events_.size();  // the one before the first that is kept
    if (after.epoch != epoch_) {
        state.resync = "restarted";
    } else if (after.seq < oldest || after.seq > newest || newest - after.seq > kMostEvents) {
        state.resync = "too_old";
    } else {
        for (const Update& update : events_)
            if (update.seq > after.seq) state.put(update, clock_.mono_now());
    }
    if (state.resync != nullptr) state.waiting_since = clock_.mono_now();
}

void DashboardBroadcaster::unsubscribe(const StatePtr& state) {
    const std::lock_guard lock(mutex_);
    subscribers_.erase(state);
    if (state->topics.tracks) --track_watchers_;
    if (--watchers_ > 0) return;
    status_.reset();  // it would be old for who comes next
    summary_.reset();
}

bool DashboardBroadcaster::wants_tracks(const std::string& camera) const {
    if (track_watchers_ == 0) return false;
    const std::lock_guard lock(mutex_);
    for (const StatePtr& state : subscribers_) {
        const Topics& t = state->topics;
        if (t.tracks && (t.camera.empty() || t.camera == camera)) return true;
    }
    return false;
}

void DashboardBroadcaster::close() {
    std::vector<StatePtr> to_wake;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        for (const StatePtr& state : subscribers_) {
            const std::lock_guard own(state->mutex);
            state->closed = true;
            to_wake.push_back(state);
        }
    }
    for (const StatePtr& state : to_wake)
        state->wake();
}

DashboardBroadcaster::Counters DashboardBroadcaster::counters() const {
    const std::lock_guard lock(mutex_);
    return {subscribers_.size(), removed_, resyncs_, published_};
}

}  // namespace chairside
