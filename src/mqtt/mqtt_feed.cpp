#include "mqtt/mqtt_feed.hpp"

#include <mosquitto.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <map>
#include <random>
#include <system_error>
#include <thread>

#include "base/locked.hpp"
#include "base/log.hpp"
#include "base/pulse.hpp"
#include "mqtt/topics.hpp"

namespace chairside {
namespace {

using std::chrono::seconds, std::chrono::milliseconds, std::chrono::steady_clock;

constexpr int kKeepAliveS = 30;
constexpr int kAtLeastOnce = 1;
constexpr int kTurnMs = 100;
constexpr std::int64_t kInFlight = 20;
constexpr auto kStateEvery = seconds(1);    // where it has changed
constexpr auto kStateAnyway = seconds(60);  // where it has not
constexpr auto kTrimEvery = seconds(60);
constexpr auto kConnectPatience = seconds(15);  // from the attempt to the broker's welcome
constexpr Duration kStuck = std::chrono::minutes(2);
constexpr double kLongestPauseS = 60;
constexpr char kSystemCertificates[] = "/etc/ssl/certs";

std::string words_of(int code) {
    switch (code) {
        case MOSQ_ERR_CONN_REFUSED:
            return "the broker refused the connection";
        case MOSQ_ERR_CONN_LOST:
            return "the connection to the broker was lost";
        case MOSQ_ERR_EAI:
            return "the broker's name is not known";
        case MOSQ_ERR_TLS:
            return "the broker's certificate is not trusted, or it does not speak TLS";
        case MOSQ_ERR_ERRNO:
            return std::string("the broker cannot be reached: ") + std::generic_category().message(errno);
        default:
            return std::string("the broker cannot be used: ") + mosquitto_strerror(code);
    }
}

std::string words_of_welcome(int code) {
    if (code == 4 || code == 5) return "the broker refuses user or password";
    return std::string("the broker refuses us: ") + mosquitto_connack_string(code);
}

// One connection from its attempt to its loss. Made anew each time: nothing of an old one is sent again by the library, what
// was not acknowledged is read from the store again.
class Connection {
  public:
    explicit Connection(const Config& config)
        : handle_(mosquitto_new(nullptr, true, this), mosquitto_destroy), begun_(steady_clock::now()) {
        const MqttConfig& to = config.mqtt;
        mosquitto_connect_callback_set(handle_.get(), [](mosquitto*, void* self, int code) {
            static_cast<Connection*>(self)->welcome_ = code;
        });
        mosquitto_publish_callback_set(handle_.get(), [](mosquitto*, void* self, int id) {
            static_cast<Connection*>(self)->acknowledged(id);
        });
        mosquitto_max_inflight_messages_set(handle_.get(), static_cast<unsigned>(kInFlight) + 20);
        if (!to.user.empty()) mosquitto_username_pw_set(handle_.get(), to.user.c_str(), to.password.c_str());
        if (to.tls) {
            const bool own = !to.ca.empty();
            error_ = mosquitto_tls_set(handle_.get(), own ? to.ca.c_str() : nullptr,
                                       own ? nullptr : kSystemCertificates, nullptr, nullptr, nullptr);
        }
        const std::string gone = "offline", topic = availability_topic(config);
        mosquitto_will_set(handle_.get(), topic.c_str(), static_cast<int>(gone.size()), gone.data(),
                           kAtLeastOnce, true);
        if (error_ == MOSQ_ERR_SUCCESS)
            error_ = mosquitto_connect_async(handle_.get(), to.host.c_str(), to.port, kKeepAliveS);
        if (error_ != MOSQ_ERR_SUCCESS) why_ = words_of(error_);
    }

    // Receives and sends for a while. False: it is over; why() says why.
    bool turn() {
        if (error_ != MOSQ_ERR_SUCCESS) return false;
        error_ = mosquitto_loop(handle_.get(), kTurnMs, 1);
        if (welcome_ > 0) {
            why_ = words_of_welcome(welcome_);
            return false;
        }
        if (error_ != MOSQ_ERR_SUCCESS) {
            why_ = words_of(error_);
            return false;
        }
        if (!ready() && steady_clock::now() - begun_ > kConnectPatience) {
            why_ = "the broker does not answer";
            return false;
        }
        return true;
    }
    bool ready() const { return welcome_ == 0; }
    const std::string& why() const { return why_; }

    // What it is acknowledged as, if it is to be known.
    bool send(const MqttMessage& message, std::int64_t sequence = 0) {
        int id = 0;
        const int done = mosquitto_publish(handle_.get(), &id, message.topic.c_str(),
                                           static_cast<int>(message.body.size()), message.body.data(),
                                           kAtLeastOnce, message.retain);
        if (done == MOSQ_ERR_SUCCESS && sequence != 0) waiting_[id] = sequence;
        return done == MOSQ_ERR_SUCCESS;
    }
    bool waits() const { return !waiting_.empty(); }
    std::vector<std::int64_t> take_acknowledged() { return std::exchange(acknowledged_, {}); }

    void say_good_bye(const Config& config) {
        (void)send({availability_topic(config), "offline", true});
        for (int i = 0; i < 3; ++i)
            mosquitto_loop(handle_.get(), kTurnMs, 1);
        mosquitto_disconnect(handle_.get());
        mosquitto_loop(handle_.get(), 0, 1);
    }

  private:
    void acknowledged(int id) {
        const auto found = waiting_.find(id);
        if (found == waiting_.end()) return;
        acknowledged_.push_back(found->second);
        waiting_.erase(found);
    }

    std::unique_ptr<mosquitto, void (*)(mosquitto*)> handle_;
    const steady_clock::time_point begun_;
    int error_ = MOSQ_ERR_SUCCESS, welcome_ = -1;  // welcome: -1 not yet, 0 yes, else why not
    std::string why_;
    std::map<int, std::int64_t> waiting_;  // message id -> sequence
    std::vector<std::int64_t> acknowledged_;
};

}  // namespace

class MqttFeed::Impl {
  public:
    Impl(Store& store, Config config, std::function<Status()> status)
        : store_(store), config_(std::move(config)), status_(std::move(status)) {
        mosquitto_lib_init();
        state_.with([](MqttState& s) { s.state = "connecting"; });
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        stop();
        mosquitto_lib_cleanup();
    }

    void stop() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    void event_stored() { fresh_ = true; }
    MqttState state() const {
        return state_.with([](const MqttState& s) { return s; });
    }

  private:
    void run() {
        name_thread("mqtt");
        std::minstd_rand random(std::random_device{}());
        for (int failures = 0; !stopping_;) {
            Connection connection(config_);
            bool was_ready = false;
            while (!stopping_) {
                const Pulse::Step step(pulse_);
                if (!connection.turn()) break;
                if (!connection.ready()) continue;
                if (!std::exchange(was_ready, true)) welcome(connection);
                feed(connection);
            }
            if (stopping_) {
                if (was_ready) connection.say_good_bye(config_);
                return;
            }
            failures = was_ready ? 1 : failures + 1;
            complain(connection.why());
            const double bound = std::min(kLongestPauseS, std::pow(2.0, std::min(failures, 6)));
            pause(std::uniform_real_distribution<>(bound / 2, bound)(random));
        }
    }

    void welcome(Connection& connection) {
        log_info("", "the MQTT broker is reached", {{"host", config_.mqtt.host}});
        state_.with([](MqttState& s) {
            s.state = "ok";
            s.last_error.clear();
        });
        connection.send({availability_topic(config_), "online", true});
        if (config_.mqtt.discovery)
            for (const MqttMessage& message : discovery_messages(config_, CHAIRSIDE_VERSION))
                connection.send(message);
        last_state_.body.clear();
        fresh_ = true;
    }

    void feed(Connection& connection) {
        const auto now = steady_clock::now();
        if (auto acknowledged = connection.take_acknowledged(); !acknowledged.empty()) {
            if (const auto done = store_.broker_has(acknowledged); !done)
                log_warning("", done.error().message);
            fresh_ = true;  // there may be more behind them
        }
        const bool second = now - last_look_ >= kStateEvery;
        if (!connection.waits() && (fresh_.exchange(false) || second)) send_events(connection);
        if (!second) return;
        last_look_ = now;
        MqttMessage state = state_message(config_, status_());
        if (state.body != last_state_.body || now - last_sent_ >= kStateAnyway) {
            if (connection.send(state)) last_state_ = std::move(state);
            last_sent_ = now;
        }
        trim(now);
    }

    void send_events(Connection& connection) {
        const auto rows = store_.broker_batch(kInFlight);
        if (!rows) return log_warning("", rows.error().message);
        for (const BrokerRow& row : *rows)
            if (!connection.send(event_message(config_, row.body), row.sequence)) return;
    }

    void trim(steady_clock::time_point now) {
        if (now - last_trim_ < kTrimEvery) return;
        last_trim_ = now;
        const auto gone = store_.trim_broker_queue();
        if (!gone) return log_warning("", gone.error().message);
        if (*gone > 0)
            log_error("", "the MQTT broker was away for too long: its oldest events were given up",
                      {{"rows", std::to_string(*gone)}});
    }

    void complain(const std::string& why) {
        const bool news = state_.with([&](MqttState& s) {
            s.state = "connecting";
            return std::exchange(s.last_error, why) != why;
        });
        if (news) log_warning("", why + "; it is tried again", {{"mqtt", config_.mqtt.host}});
    }

    void pause(double time_s) {
        const auto until = steady_clock::now() + milliseconds(static_cast<int>(time_s * 1000));
        while (!stopping_ && steady_clock::now() < until) {
            std::this_thread::sleep_for(milliseconds(kTurnMs));
            trim(steady_clock::now());
        }
    }

    Store& store_;
    const Config config_;
    const std::function<Status()> status_;
    std::atomic<bool> stopping_ = false, fresh_ = false;
    Locked<MqttState> state_;
    // The thread's own:
    MqttMessage last_state_;
    steady_clock::time_point last_look_{}, last_sent_{}, last_trim_{};
    Pulse pulse_{"the MQTT feed", kStuck};
    std::thread thread_;
};

MqttFeed::MqttFeed(Store& store, Config config, std::function<Status()> status)
    : impl_(std::make_unique<Impl>(store, std::move(config), std::move(status))) {}
MqttFeed::~MqttFeed() = default;
void MqttFeed::stop() {
    impl_->stop();
}
void MqttFeed::event_stored() {
    impl_->event_stored();
}
MqttState MqttFeed::state() const {
    return impl_->state();
}

}  // namespace chairside
