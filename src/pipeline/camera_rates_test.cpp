#include "pipeline/camera_rates.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

CameraStatus camera(const std::string& id, double target, double allowed) {
    CameraStatus c;
    c.id = id;
    c.target_fps = target;
    c.allowed_fps = allowed;
    return c;
}

TEST(LoadInWords, SaysNothingWhileAllIsLookedAtAsWanted) {
    EXPECT_EQ(load_in_words({}), "");
    EXPECT_EQ(load_in_words({camera("a", 10, 10), camera("b", 0, 0)}), "");
}

TEST(LoadInWords, SaysWhichCamerasAreLookedAtLessOften) {
    EXPECT_EQ(load_in_words({camera("door", 10, 10), camera("cutting", 10, 7.5), camera("wash", 5, 2.5)}),
              "The computer is too slow for all cameras: cutting is looked at 7.5 times a second instead of "
              "10, wash is "
              "looked at 2.5 times a second instead of 5.");
}

TEST(LoadInWords, StaysShortForManyCameras) {
    std::vector<CameraStatus> many;
    for (int i = 0; i < 16; ++i)
        many.push_back(camera("camera-" + std::to_string(i), 10, 5));
    const auto words = load_in_words(many);
    EXPECT_NE(words.find("and 12 more cameras less often, too."), std::string::npos) << words;
}

}  // namespace
}  // namespace chairside
