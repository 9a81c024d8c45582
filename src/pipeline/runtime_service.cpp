#include "pipeline/runtime_service.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "base/pulse.hpp"
#include "config/branch_settings.hpp"
#include "mqtt/mqtt_feed.hpp"
#include "pipeline/camera_rates.hpp"
#include "pipeline/camera_set.hpp"
#include "pipeline/clock_watch.hpp"
#include "pipeline/config_files.hpp"
#include "pipeline/config_revisions.hpp"
#include "pipeline/crash_loop.hpp"
#include "pipeline/engine_queue.hpp"
#include "pipeline/event_sink.hpp"
#include "pipeline/source_trial.hpp"
#include "pipeline/troubles.hpp"
#include "pipeline/zone_layer.hpp"
#include "report/report_generator.hpp"
#include "serve/machine.hpp"
#include "sync/supabase_sync.hpp"

namespace chairside {
namespace {

constexpr auto kTick = std::chrono::seconds(1);
constexpr int kTicksPerReportCheck = 30;
constexpr int kTicksPerRetention = 3600;
constexpr int kTicksPerRoomCheck = 60;
constexpr auto kVisitMemory = std::chrono::hours(24);  // events that a visit of now may go on from
constexpr std::size_t kLongestFault = 500;
constexpr Duration kHousePatience = std::chrono::minutes(5);  // the reports of many days take a while
constexpr char kCrashes[] = "run.crashes";                    // StartPlan::remember
constexpr char kRunState[] = "run.state";                     // "running" while a service has the store open

VisitSettings visit_settings(const Config& config) {
    VisitSettings settings;
    settings.same_service_within = config.visits.same_service_within;
    return settings;
}

std::string in_one(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

class RuntimeService::Impl final : public Shop {
  public:
    Impl(Config config, std::shared_ptr<Detector> detector, std::unique_ptr<Store> store, const Clock& clock,
         SourceOpener open)
        : store_(std::move(store)),
          files_(config),
          revisions_(std::move(config), *store_),
          zones_(*store_),
          config_(zones_.over(revisions_.begin())),
          running_(Running{config_, zones_.defaults(config_)}),
          detector_(std::move(detector)),
          clock_(clock),
          open_(std::move(open)),
          zone_(TimeZone::find(config_.timezone).value_or(TimeZone::utc())),
          reports_(*store_, zone_, config_.reports, config_.branch_code, config_.device_id),
          sink_(*store_, VisitLinker(visit_settings(config_), places_of(config_.cameras))),
          ids_(make_random_id_source()),
          started_(clock.mono_now()) {
        reports_.expect(config_.cameras);
    }

    ~Impl() override { stop(); }

    Result<void> start() {
        sink_.subscribe([this](const Event&) {
            if (MqttFeed* mqtt = mqtt_view_) mqtt->event_stored();
        });
        if (auto restored = sink_.restore(clock_.wall_now() - kVisitMemory); !restored) return restored;
        auto earlier = earlier_runs();
        if (!earlier) return tl::unexpected(earlier.error());
        if (auto marked = store_->set_value(kRunState, "running"); !marked) return marked;
        const WorkerContext context{engine_,
                                    sink_,
                                    *store_,
                                    clock_,
                                    *ids_,
                                    open_,
                                    config_.runtime,
                                    [this] { finished_.notify_all(); },
                                    watcher_.changed,
                                    watcher_.tracks};
        cameras_.begin(context, config_.cameras, std::move(*earlier));
        started_up_ = true;
        if (plan_.alarm.empty())
            open_cameras();
        else
            log_error("", plan_.alarm);
        housekeeper_ = std::thread([this] { keep_house(); });
        start_sync();
        start_mqtt();
        log_info("", "service started",
                 {{"cameras", std::to_string(config_.cameras.size())}, {"version", CHAIRSIDE_VERSION}});
        return {};
    }

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            stopping_ = true;
            stopping_now_ = true;
        }
        housekeeping_.notify_all();
        {
            const std::lock_guard lock(use_mutex_);  // a change under way comes to its end first
            cameras_.stop();
        }
        if (housekeeper_.joinable()) housekeeper_.join();
        if (sync_) sync_->stop();
        if (mqtt_) mqtt_->stop();
        if (!sink_.flush())
            log_error("", "stopped with events that could not be stored",
                      {{"batches", std::to_string(sink_.kept())}});
        if (started_up_) {
            if (const auto marked = store_->set_value(kRunState, "stopped"); !marked)
                log_warning("", marked.error().message);
            log_info("", "service stopped");
        }
        flush_log();
    }

    bool wait(Duration timeout) {
        std::unique_lock lock(mutex_);
        return finished_.wait_for(lock, timeout, [this] { return cameras_.all_finished(); });
    }

    bool any_camera_failed() const {
        const auto workers = cameras_.all();
        return std::any_of(workers.begin(), workers.end(), [](const auto& w) { return w->failed(); });
    }

    Status status() const {
        Status s;
        s.running = true;
        s.branch = config_.branch_code;
        s.device = config_.device_id;
        s.version = CHAIRSIDE_VERSION;
        s.uptime_s = to_seconds(clock_.mono_now() - started_);
        std::optional<WallTime> latest;
        const auto workers = cameras_.all();
        for (const auto& worker : workers) {
            s.cameras.push_back(worker->status());
            s.active_tracks += s.cameras.back().active_tracks;
            if (const auto wall = worker->last_frame_wall(); wall && (!latest || *wall > *latest))
                latest = wall;
        }
        s.load = load_in_words(s.cameras);
        fill_sync(s);
        fill_mqtt(s);
        s.config = revisions_.report();
        s.config.file_error = files_.error();
        s.config.restart = files_.restart();
        s.alarm = plan_.alarm;
        s.problems = troubles_.now();
        s.summary = summary_of_day(latest.value_or(clock_.wall_now()));
        s.summary.active_people = 0;
        for (const auto& worker : workers)
            s.summary.active_people += worker->active_people();
        return s;
    }

    EventSink& sink() { return sink_; }
    Store& store() const { return *store_; }
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }

    // ---- Shop

    ShopNow now() const override {
        ShopNow out{status(), {}, sink_.kept()};
        const Config config = running();
        for (const CameraConfig& camera : config.cameras) {
            const auto worker = cameras_.find(camera.id);
            if (!worker) continue;  // it is just being opened or taken out
            out.cameras.push_back(worker->shop_camera());
            out.cameras.back().config = camera;
        }
        out.zone_defaults = running_.with([](const Running& r) { return r.zone_defaults; });
        return out;
    }
    Result<Event> decide(const EventId& id, Verdict verdict, bool by_hand) override {
        return sink_.decide(id, verdict, by_hand);
    }
    Result<SourceTrial> try_source(const std::string& source) override {
        return chairside::try_source(source, open_, *detector_, clock_, stopping_now_);
    }
    Faults zone_faults(const std::string& settings) const override {
        const auto config = zones_.tried(running(), settings);
        Faults out;
        if (config) return out;
        for (const ConfigError& fault : config.error())
            out.emplace_back(fault.key, fault.message);
        return out;
    }
    Result<void> use_zones(const std::string&) override {
        const std::lock_guard lock(use_mutex_);
        use(zones_.over(running()));
        return {};
    }
    Changed reload() override {
        const std::lock_guard lock(use_mutex_);
        auto wanted = files_.read();
        if (wanted) return take_up(std::move(*wanted));
        log_error("", "the configuration's file is wrong; what ran before goes on",
                  {{"why", files_.error()}});
        return tl::unexpected(std::move(wanted.error()));
    }
    Changed put_camera(const std::string& id, const std::string& members) override {
        const std::lock_guard lock(use_mutex_);
        return keep_and_take_up(files_.with(id, members));
    }
    Changed drop_camera(const std::string& id) override {
        const std::lock_guard lock(use_mutex_);
        return keep_and_take_up(files_.without(id));
    }
    Result<Trials> try_zones(const std::string& camera, const std::string& settings,
                             Duration time) const override {
        const Config now = running();
        const auto wanted = zones_.tried(now, settings);
        if (!wanted) return fail(ErrorKind::kInvalid, in_words(wanted.error(), kLongestFault));
        const auto worker = cameras_.find(camera);
        for (std::size_t i = 0; worker && i < now.cameras.size(); ++i)
            if (now.cameras[i].id == camera)
                return Trials{worker->seen().tried(wanted->cameras[i], time),
                              worker->seen().tried(now.cameras[i], time)};
        return fail(ErrorKind::kNotFound, "There is no camera '" + camera + "'.");
    }
    Result<ShopPicture> picture(const std::string& camera, Duration patience) override {
        if (const auto worker = cameras_.find(camera)) return worker->picture(patience);
        return fail(ErrorKind::kNotFound, "There is no camera '" + camera + "'.");
    }

  private:
    void start_sync() {
        const SupabaseConfig& to = config_.supabase;
        if (to.url.empty()) return;
        if (!to.can_send()) {
            log_warning(
                "", "supabase.email and supabase.password are missing; events are kept here and not sent");
            return;
        }
        SyncOptions options;
        options.access = {to.url, to.key, to.email, to.password, config_.branch_code, config_.device_id};
        options.heartbeat_interval = config_.runtime.heartbeat_interval;
        options.start_delay = to.start_delay;
        options.errands = errands_of(config_.storage.path);
        sync_ = std::make_unique<SupabaseSync>(*store_, clock_, std::move(options),
                                               [this] { return device_status(); });
        sync_view_ = sync_.get();
    }

    void start_mqtt() {
        if (config_.mqtt.host.empty()) return;
        mqtt_ = std::make_unique<MqttFeed>(*store_, config_, [this] { return status(); });
        mqtt_view_ = mqtt_.get();
    }

    void fill_mqtt(Status& s) const {
        const MqttFeed* mqtt = mqtt_view_;
        if (mqtt == nullptr) return;
        s.mqtt = mqtt->state();
        if (const auto queue = store_->broker_queue()) {
            s.mqtt.waiting = queue->waiting;
            s.mqtt.given_up = queue->given_up;
        }
    }

    void fill_sync(Status& s) const {
        if (const SupabaseSync* sync = sync_view_) s.sync = sync->state();
        const auto queue = store_->outbox_state();
        if (!queue) return;
        const auto age = [now = clock_.wall_now()](const std::optional<WallTime>& then) {
            return then ? std::optional(std::max(0.0, to_seconds(now - *then))) : std::nullopt;
        };
        s.events_queued = queue->queued;
        s.dead_letters = queue->dead;
        s.dropped = queue->dropped;
        s.oldest_queued_s = age(queue->oldest);
        s.last_sent_s = age(s.sync.last_success);
    }

    DeviceStatus device_status() const {
        const Status s = status();
        DeviceStatus out;
        out.version = s.version;
        out.boot = store_->boot();
        out.uptime_s = s.uptime_s;
        out.active_tracks = s.active_tracks;
        out.active_people = s.summary.active_people;
        out.haircuts = s.summary.haircuts;
        out.washes = s.summary.washes;
        out.waits = s.summary.waits;
        out.events_queued = s.events_queued;
        out.events_dead = s.dead_letters;
        for (const auto& [what, rows] : s.dropped)
            if (what != "history") out.events_dropped += rows;
        out.oldest_queued_s = s.oldest_queued_s;
        out.config_revision = s.config.revision;
        out.config_refused = s.config.refused;
        out.config_error = s.config.error;
        out.last_error = s.alarm.empty() ? s.sync.last_error : s.alarm;
        out.cameras_json = cameras_to_json(s);
        return out;
    }

    void make_room() {
        const auto losses = store_->make_room();
        if (!losses) {
            log_warning("", losses.error().message);
            return;
        }
        for (const auto& loss : *losses)
            log_error("", "the store is full: services were given up",
                      {{"what", loss.what},
                       {"rows", std::to_string(loss.rows)},
                       {"from", format_utc(loss.first)},
                       {"to", format_utc(loss.last)}});
    }

    // What the last run left behind, by camera. Sessions of cameras that are no longer configured end here.
    Result<std::map<std::string, EarlierRun>> earlier_runs() {
        std::map<std::string, EarlierRun> runs;
        const auto sessions = store_->open_sessions();
        if (!sessions) return tl::unexpected(sessions.error());
        const auto alive = store_->last_alive();
        if (!alive) return tl::unexpected(alive.error());
        std::optional<WallTime> last_seen;
        for (const auto& [camera, at] : *alive)
            last_seen = std::max(last_seen.value_or(at), at);
        clock_watch_.emplace(clock_.mono_now(), clock_.wall_now(), last_seen);
        const auto gaps = store_->gaps(clock_.wall_now() - std::chrono::hours(1), clock_.wall_now());
        if (!gaps) return tl::unexpected(gaps.error());
        const bool crashed = store_->value(kRunState).value_or("stopped") == "running";
        plan_ = plan_start(store_->value(kCrashes).value_or(""), crashed, clock_.wall_now());
        if (auto kept = store_->set_value(kCrashes, plan_.remember); !kept)
            return tl::unexpected(kept.error());
        for (const auto& camera : config_.cameras) {
            auto& run = runs[camera.id];
            run.reason = crashed ? "crash" : "stopped";
            if (const auto at = alive->find(camera.id); at != alive->end()) run.last_alive = at->second;
        }
        for (const auto& gap : *gaps) {
            if (!gap.end && runs.contains(gap.camera)) runs[gap.camera].open_gap = gap;
        }
        std::map<std::string, std::vector<OpenSession>> orphans;
        for (const auto& session : *sessions) {
            const auto run = runs.find(session.camera);
            (run != runs.end() ? run->second.sessions : orphans[session.camera]).push_back(session);
        }
        for (const auto& [camera, left] : orphans) {
            EventTracker closer(camera, {}, *ids_);
            sink_.put(camera, closer.restore(left, MonoTime::max()));
        }
        return runs;
    }

    void open_cameras() {
        cameras_opened_ = true;
        const std::lock_guard lock(use_mutex_);
        if (!stopping_now_) cameras_.open();
    }

    void keep_house() {
        name_thread("housekeeper");
        for (int ticks = 0;; ++ticks) {
            {
                std::unique_lock lock(mutex_);
                if (housekeeping_.wait_for(lock, kTick, [this] { return stopping_; })) return;
            }
            const Pulse::Step step(housekeeper_pulse_);
            if (!cameras_opened_ && clock_.mono_now() - started_ >= plan_.cameras_after) open_cameras();
            for (const auto& worker : cameras_.all())
                worker->tick();
            rates_.tick(clock_.mono_now(), cameras_.all());
            sink_.flush();
            note_clock();
            troubles_.look(surroundings_of(sink_, clock_.wall_now()));
            take_up_settings();
            if (watcher_.second) watcher_.second();
            heartbeat();
            if (config_.reports.schedule && ticks % kTicksPerReportCheck == 0) write_due_reports();
            if (ticks % kTicksPerRetention == 0) forget_old();
            if (ticks % kTicksPerRoomCheck == 0) make_room();
            if (ticks % kTicksPerRoomCheck == 0) give_back_free_memory();
        }
    }

    // Dwell times and gaps go by the mono clock; what is said of a step is for who wonders about times in reports.
    void note_clock() {
        if (const auto set = clock_watch_->look(clock_.mono_now(), clock_.wall_now()))
            log_warning("", "the computer's clock was set", {{"by_s", std::to_string(to_seconds(*set))}});
    }

    // The one way back: what managers saved came into the store by sync/, and goes to each camera between two frames.
    void take_up_settings() {
        const std::lock_guard lock(use_mutex_);
        if (const auto config = revisions_.next()) use(zones_.over(*config));
    }

    // ---- Below: with use_mutex_ held.

    Changed keep_and_take_up(ConfigFiles::Wanted wanted) {
        if (!wanted) return tl::unexpected(std::move(wanted.error()));
        if (auto kept = files_.keep(*wanted); !kept)
            return tl::unexpected(Faults{{"", "it could not be kept: " + kept.error().message}});
        return take_up(std::move(*wanted));
    }

    // The device's file, and the cameras that were added, are these now.
    Changed take_up(Config file) {
        for (auto& secret : secrets_of(file))
            mask_in_log(std::move(secret));
        const Config before = files_.now();
        ConfigChange out;
        out.notes = file.notes;
        const Config config = zones_.over(revisions_.file_changed(file));
        const auto change = use(config);
        files_.take(std::move(file));
        out.added = change.added, out.removed = change.removed, out.changed = change.changed;
        out.restart = files_.restart();
        add_hidden_zones(before, config, out.notes);
        for (const std::string& note : out.notes)
            log_warning("", note);
        log_info("", "the configuration was read again",
                 {{"added", in_one(out.added)},
                  {"removed", in_one(out.removed)},
                  {"changed", in_one(out.changed)},
                  {"waits for a restart", in_one(out.restart)}});
        return out;
    }

    // Who edits zones in the file should hear that others lie over them.
    void add_hidden_zones(const Config& before, const Config& running,
                          std::vector<std::string>& notes) const {
        for (const CameraConfig& camera : files_.now().cameras) {
            const auto same = [&](const CameraConfig& c) { return c.id == camera.id; };
            const auto old = std::find_if(before.cameras.begin(), before.cameras.end(), same);
            const auto runs = std::find_if(running.cameras.begin(), running.cameras.end(), same);
            const bool edited = old != before.cameras.end() && old->zones != camera.zones;
            if (edited && runs != running.cameras.end() && runs->zones != camera.zones)
                notes.push_back(
                    "the zones of camera '" + camera.id +
                    "' in the file are not used: others were saved on the dashboard or at the centre");
        }
    }

    // From the next frame on, in all cameras.
    CameraSet::Change use(const Config& config) {
        if (stopping_now_) return {};
        running_.with([&](Running& r) { r = {config, zones_.defaults(config)}; });
        const auto change = cameras_.change(config.cameras);
        sink_.reconfigure(config.visits.same_service_within, config.cameras);
        reports_.expect(config.cameras);
        if (watcher_.changed) watcher_.changed();
        return change;
    }

    // ---- Above: with use_mutex_ held.

    Config running() const {
        return running_.with([](const Running& r) { return r.config; });
    }

    void heartbeat() {
        const auto now = clock_.mono_now();
        if (now - last_heartbeat_ < config_.runtime.heartbeat_interval) return;
        last_heartbeat_ = now;
        const Status s = status();
        log_debug("", "heartbeat",
                  {{"people", std::to_string(s.summary.active_people)},
                   {"haircuts", std::to_string(s.summary.haircuts)},
                   {"washes", std::to_string(s.summary.washes)},
                   {"waits", std::to_string(s.summary.waits)},
                   {"queued", std::to_string(s.events_queued)}});
    }

    void write_due_reports() {
        const std::lock_guard lock(use_mutex_);  // reports_ must not be told of other zones meanwhile
        const auto written =
            reports_.run_due(clock_.wall_now(), clock_watch_->trusts_ages(clock_.mono_now()));
        if (!written) {
            log_error("", "the daily report could not be written", {{"why", written.error().message}});
            return;
        }
        for (const auto& date : *written)
            log_info("", "daily report written", {{"date", date}});
    }

    void forget_old() {
        if (!clock_watch_->trusts_ages(clock_.mono_now())) return;
        const auto limit = clock_.wall_now() - std::chrono::hours(24) * config_.storage.retention_days;
        if (const auto removed = store_->remove_older_than(limit); !removed)
            log_warning("", removed.error().message);
    }

    Summary summary_of_day(WallTime now) const {
        const auto date = reports_.business_date(now);
        const auto end = reports_.end_of(date);
        const auto yesterday = TimeZone::add_days(date, -1);
        if (!end || !yesterday) return {};
        const auto begin = reports_.end_of(*yesterday);
        if (!begin) return {};
        return store_->summary(*begin, *end).value_or(Summary{});
    }

    const std::unique_ptr<Store> store_;
    ConfigFiles files_;
    ConfigRevisions revisions_;
    const ZoneLayer zones_;
    struct Running {
        Config config;  // cameras, zones and thresholds as they run; the rest as of the start
        std::array<ZoneDefaults, kZoneTypes> zone_defaults{};
    };
    const Config config_;  // as of the start; cameras, zones and thresholds may have changed since
    Locked<Running> running_;
    std::mutex use_mutex_;  // one change at a time; guards files_, revisions_ and what reports_ expects
    const std::shared_ptr<Detector> detector_;
    const Clock& clock_;
    EngineQueue engine_{*detector_, clock_};
    CameraRates rates_{config_.runtime.when_busy};  // housekeeper only
    const SourceOpener open_;
    const TimeZone zone_;
    ReportGenerator reports_;
    EventSink sink_;
    const std::unique_ptr<EventIdSource> ids_;
    const MonoTime started_;
    mutable std::mutex mutex_;  // guards stopping_
    std::condition_variable finished_, housekeeping_;
    bool stopping_ = false;
    std::atomic<bool> stopping_now_ = false;
    Watcher watcher_;
    bool started_up_ = false;  // start() and stop() only
    CameraSet cameras_;
    MonoTime last_heartbeat_{};              // housekeeper only
    StartPlan plan_;                         // of start()
    std::optional<ClockWatch> clock_watch_;  // of start(), then the housekeeper's
    Troubles troubles_;
    bool cameras_opened_ = false;  // start(), then the housekeeper only
    Pulse housekeeper_pulse_{"housekeeping", kHousePatience};
    std::thread housekeeper_;
    std::atomic<const SupabaseSync*> sync_view_ = nullptr;  // status() may be asked while start() runs
    std::atomic<MqttFeed*> mqtt_view_ = nullptr;            // likewise
    std::unique_ptr<MqttFeed> mqtt_;
    std::unique_ptr<SupabaseSync> sync_;  // last: these two ask all of the above
};

RuntimeService::RuntimeService(Config config, std::shared_ptr<Detector> detector,
                               std::unique_ptr<Store> store, const Clock& clock, SourceOpener open)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(detector), std::move(store), clock,
                                   std::move(open))) {}
RuntimeService::~RuntimeService() = default;
void RuntimeService::subscribe(std::function<void(const Event&)> callback) {
    impl_->sink().subscribe(std::move(callback));
}
void RuntimeService::watch(Watcher watcher) {
    impl_->watch(std::move(watcher));
}
Shop& RuntimeService::shop() {
    return *impl_;
}
Store& RuntimeService::store() {
    return impl_->store();
}
void RuntimeService::reload() {
    (void)impl_->reload();
}
Result<void> RuntimeService::start() {
    return impl_->start();
}
void RuntimeService::stop() {
    impl_->stop();
}
bool RuntimeService::wait(Duration timeout) {
    return impl_->wait(timeout);
}
bool RuntimeService::any_camera_failed() const {
    return impl_->any_camera_failed();
}
Status RuntimeService::status() const {
    return impl_->status();
}
const Store& RuntimeService::store() const {
    return impl_->store();
}

}  // namespace chairside
