#include "pipeline/picture_desk.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/manual_clock.hpp"

namespace chairside {
namespace {

using namespace std::chrono_literals;

class Desk : public ::testing::Test {
  protected:
    testing::ManualClock clock;
    PictureDesk desk{clock};

    void put(std::vector<Detection> people, bool with_picture = true) {
        Frame frame;
        frame.info = {0, clock.mono_now(), clock.wall_now(), 1920, 1080};
        if (with_picture)
            frame.picture = {960, 540, 2880, PixelFormat::kRgb24, std::vector<std::uint8_t>(2880 * 540), {}};
        desk.put(frame, {frame.info, std::move(people)}, {});
    }
};

TEST_F(Desk, WantsNothingUntilSomebodyAsks) {
    EXPECT_FALSE(*desk.wanted());
    EXPECT_EQ(desk.get(0ms).error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(*desk.wanted());
}

TEST_F(Desk, CoversPeopleOfTheLastSeconds) {
    (void)desk.get(0ms);
    put({{{100, 200, 50, 100}, 0.2f}});
    clock.advance(2s);
    put({});  // missed here
    const auto picture = desk.get(0ms);
    ASSERT_TRUE(picture);
    ASSERT_EQ(picture->people.size(), 1u);
    EXPECT_EQ(picture->people[0], (Box{50, 100, 25, 50})) << "in pixels of the smaller picture";
    clock.advance(2s);
    put({});
    EXPECT_TRUE(desk.get(0ms)->people.empty());
}

TEST_F(Desk, ForgetsThePictureWhenNobodyAsksAnyMore) {
    (void)desk.get(0ms);
    put({});
    EXPECT_TRUE(desk.get(0ms));
    clock.advance(PictureDesk::kInterest);
    desk.tick();
    EXPECT_FALSE(*desk.wanted());
    EXPECT_FALSE(desk.get(0ms));
}

TEST_F(Desk, DoesNotHandOutAnOldPicture) {
    (void)desk.get(0ms);
    put({});
    clock.advance(PictureDesk::kFresh);
    EXPECT_FALSE(desk.get(0ms));
}

TEST_F(Desk, WaitsForTheNext) {
    std::thread camera([&] {
        while (!*desk.wanted())
            std::this_thread::yield();
        put({});
    });
    EXPECT_TRUE(desk.get(20s));
    camera.join();
}

}  // namespace
}  // namespace chairside
