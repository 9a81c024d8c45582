#pragma once
// Small videos of every kind, good and bad, made by the `ffmpeg` program when a test first asks for them.
// They stay in the folder for temporary files; a recipe that changes makes a new file.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace chairside::testing {

// False where the `ffmpeg` program is missing; tests then skip.
bool can_generate_videos();

// The file of a recipe (see the .cpp); throws std::runtime_error with the program's words if it cannot be
// made. Threads and processes: any number at once.
std::filesystem::path generated_video(const std::string& name);

// Names of all recipes whose every picture can be decoded.
std::vector<std::string> good_videos();

// A file in a folder of this process's own, removed at its end.
std::filesystem::path scratch_file(const std::string& name);

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file);
std::filesystem::path write_bytes(const std::filesystem::path& file, const std::vector<std::uint8_t>& bytes);

}  // namespace chairside::testing

#define CHAIRSIDE_NEEDS_VIDEOS() \
    if (!::chairside::testing::can_generate_videos()) GTEST_SKIP() << "the program ffmpeg is not installed"
