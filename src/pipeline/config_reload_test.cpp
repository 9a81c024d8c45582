// The configuration changes while the service runs: cameras come and go, zones and thresholds change, who sits stays seated.

#include <gmock/gmock.h>

#include <fstream>

#include "support/service_fixture.hpp"

namespace chairside {
namespace {

using namespace service_test;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Reload : public Service {
  protected:
    void SetUp() override {
        Service::SetUp();
        for (const char* video : {"a.avi", "b.avi"})
            std::ofstream(dir_ / video) << "x";
    }
    void TearDown() override {
        running_.reset();
        Service::TearDown();
    }
    // One camera, whose only zone counts after `dwell` seconds.
    static std::string camera(const std::string& id, const std::string& video, const std::string& more = {}) {
        return "  - {id: " + id + ", source: " + video + ", realtime: true" + more +
               ",\n     zones: [{name: room " + id +
               ", type: CHAIR, capacity: 12, polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.95], [0.1, "
               "0.95]]}]}\n";
    }
    void write(const std::string& cameras, const std::string& more = "dwell_time: {chair: 20}\n") const {
        std::ofstream(dir_ / "c.yaml")
            << "storage: {path: store.db}\nreports: {schedule: false}\nbranch: {timezone: UTC}\n"
            << more << "cameras:\n"
            << cameras;
    }
    void run() {
        auto config = load_config(dir_ / "c.yaml");
        ASSERT_TRUE(config) << config.error().front().to_string();
        EXPECT_THAT(config->notes, IsEmpty());
        running_.reset();  // before the store is opened again
        config_ = *config;
        running_ = service(gated());
        ASSERT_TRUE(running_->start());
    }
    // Cameras that give frames of `played_` fake seconds, over all openings, and then wait for more.
    SourceOpener gated() {
        return [this](const SourceOptions& o, const Clock&,
                      const std::atomic<bool>* stop) -> Result<std::unique_ptr<FrameSource>> {
            ++opened_;
            const std::string source = std::filesystem::path(o.source).filename();
            return std::make_unique<testing::FakeSource>([this, stop, source]() -> Result<FrameInfo> {
                const bool first = source == "a.avi";  // it moves the clock, the other follows
                const auto allowed = [&] {
                    const int all = static_cast<int>(played_ * kFps);
                    if (first) return together_ ? std::min(all, given_[1] + 5) : all;
                    return given_[0].load();
                };
                while (given_[first ? 0 : 1] >= allowed()) {
                    if (*stop) return fail(ErrorKind::kCancelled, "stopped");
                    std::this_thread::sleep_for(1ms);
                }
                FrameInfo info;
                info.sequence = static_cast<std::uint64_t>(given_[first ? 0 : 1]++);
                if (first) clock_.advance(from_seconds(1 / kFps));
                info.mono = clock_.mono_now();
                info.wall = clock_.wall_now();
                return info;
            });
        };
    }
    // Until that many seconds of the first camera's frames are analysed.
    void play(double seconds, const std::string& id = "front") {
        played_ = played_ + seconds;
        const auto wanted = static_cast<int>(played_ * kFps);
        wait_for([&] {
            const int given = given_[id == "front" ? 0 : 1];
            return given >= wanted;
        });
    }
    template <typename Condition>
    void wait_for(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!condition() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(1ms);
        ASSERT_TRUE(condition());
    }
    std::vector<std::string> cameras() const {
        std::vector<std::string> out;
        for (const auto& camera : running_->status().cameras)
            out.push_back(camera.id);
        return out;
    }
    static ConfigChange taken(const Shop::Changed& changed) {
        EXPECT_TRUE(changed) << (changed
                                     ? ""
                                     : changed.error().front().first + ": " + changed.error().front().second);
        return changed.value_or(ConfigChange{});
    }

    std::unique_ptr<RuntimeService> running_;
    std::atomic<double> played_ = 0;
    std::array<std::atomic<int>, 2> given_{};
    std::atomic<int> opened_ = 0;
    std::atomic<bool> together_ = false;  // the first camera waits for the second
};

TEST_F(Reload, WhoSitsStaysSeatedWhileACameraIsOpenedAnew) {
    write(camera("front", "a.avi"));
    run();
    play(15);
    write(camera("front", "a.avi", ", target_fps: 5"));
    const auto change = taken(running_->shop().reload());
    EXPECT_THAT(change.changed, ElementsAre("front"));
    EXPECT_THAT(change.restart, IsEmpty());
    wait_for([&] { return opened_ == 2; });
    play(15);
    running_->stop();
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u) << "15 s before and 15 s after are one stay of 20 s and more";
    EXPECT_GE(to_seconds(stored[0].event.dwell), 20);
}

TEST_F(Reload, OtherThresholdsCountAtOnceAndNothingIsOpenedAnew) {
    write(camera("front", "a.avi"));
    run();
    play(10);
    EXPECT_THAT(events(), IsEmpty());
    write(camera("front", "a.avi"), "dwell_time: {chair: 5}\n");
    EXPECT_THAT(taken(running_->shop().reload()).changed, ElementsAre("front"));
    play(2);
    running_->stop();
    const auto stored = events();
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_GT(to_seconds(stored[0].event.dwell), 9) << "the stay is the one from before";
    EXPECT_EQ(opened_, 1);
}

TEST_F(Reload, ACameraThatIsTakenOutEndsItsStaysWithTheReason) {
    write(camera("front", "a.avi") + camera("back", "b.avi"));
    together_ = true;
    run();
    play(30);
    wait_for([&] { return events().size() == 2; });
    write(camera("back", "b.avi"));
    EXPECT_THAT(taken(running_->shop().reload()).removed, ElementsAre("front"));
    EXPECT_THAT(cameras(), ElementsAre("back"));
    for (const auto& stored : events()) {
        const bool gone = stored.event.camera == "front";
        EXPECT_EQ(stored.event.state, gone ? EventState::kClosed : EventState::kOpen);
        if (gone) {
            EXPECT_EQ(stored.event.metadata.at("end"), "camera removed");
        }
    }
    running_->stop();
}

TEST_F(Reload, AWrongFileChangesNothingAndIsToldUntilItIsRight) {
    write(camera("front", "a.avi"));
    run();
    play(1);
    std::ofstream(dir_ / "c.yaml") << "cameras:\n  - {id: front, source: a.avi, colour: red}\n";
    const auto wrong = running_->shop().reload();
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().front().first, HasSubstr("c.yaml:2:"));
    EXPECT_THAT(running_->status().config.file_error, HasSubstr("colour"));
    EXPECT_THAT(cameras(), ElementsAre("front"));
    play(1);
    write(camera("front", "a.avi") + camera("back", "b.avi"), "detector: {threads: 1}\n");
    const auto change = taken(running_->shop().reload());
    EXPECT_THAT(change.added, ElementsAre("back"));
    EXPECT_THAT(change.restart, ElementsAre("detector"));
    EXPECT_EQ(running_->status().config.file_error, "");
    EXPECT_THAT(running_->status().config.restart, ElementsAre("detector"));
    play(1, "back");
    running_->stop();
}

TEST_F(Reload, ACameraAddedOnTheDashboardOutlivesARestart) {
    write(camera("front", "a.avi"));
    run();
    play(1);
    const std::string members = R"({"source": ")" + (dir_ / "b.avi").string() + R"(", "realtime": true})";
    EXPECT_THAT(taken(running_->shop().put_camera("back", members)).added, ElementsAre("back"));
    EXPECT_THAT(cameras(), ElementsAre("front", "back"));
    play(1, "back");
    EXPECT_EQ(opened_, 2) << "the other camera goes on";
    running_->stop();
    run();
    EXPECT_THAT(cameras(), ElementsAre("front", "back"));
    EXPECT_TRUE(config_.cameras[1].added);
    EXPECT_THAT(taken(running_->shop().drop_camera("back")).removed, ElementsAre("back"));
    EXPECT_FALSE(running_->shop().drop_camera("front")) << "that is the file's";
    running_->stop();
    run();
    EXPECT_THAT(cameras(), ElementsAre("front"));
}

TEST_F(Reload, AWrongAddressIsToldByItsMemberAndKeptNowhere) {
    write(camera("front", "a.avi"));
    run();
    const auto wrong = running_->shop().put_camera("back", R"({"source": "ftp://h/x", "timeout": 0})");
    ASSERT_FALSE(wrong);
    std::vector<std::string> places;
    for (const auto& [at, words] : wrong.error())
        places.push_back(at);
    EXPECT_THAT(places, ::testing::UnorderedElementsAre("source", "timeout_s"));
    EXPECT_FALSE(std::filesystem::exists(dir_ / "store.cameras.json"));
    EXPECT_THAT(cameras(), ElementsAre("front"));
}

TEST_F(Reload, AServiceWithoutACameraWaitsForOne) {
    std::ofstream(dir_ / "c.yaml") << "storage: {path: store.db}\n";
    run();
    EXPECT_FALSE(running_->wait(0ms)) << "there is nothing that could have ended";
    EXPECT_FALSE(running_->any_camera_failed());
    const std::string members = R"({"source": ")" + (dir_ / "a.avi").string() + R"(", "realtime": true})";
    taken(running_->shop().put_camera("front", members));
    play(1);
    EXPECT_EQ(running_->shop().now().cameras.size(), 1u);
    const auto defaults = running_->shop().now().zone_defaults;
    EXPECT_EQ(defaults[0].dwell, default_dwell(ZoneType::kChair));
}

}  // namespace
}  // namespace chairside
