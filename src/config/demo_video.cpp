#include "config/demo_video.hpp"

#include <cstdlib>
#include <system_error>

namespace chairside {
namespace fs = std::filesystem;

std::optional<fs::path> demo_video() {
    std::error_code error;
    const auto there = [&](const fs::path& file) { return fs::is_regular_file(file, error); };
    if (const char* named = std::getenv("CHAIRSIDE_DEMO_VIDEO"); named != nullptr && *named != '\0')
        return there(named) ? std::optional(fs::absolute(named, error)) : std::nullopt;
    constexpr int kLevels = 4;  // build/apps/chairside/chairside
    fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (int i = 0; i < kLevels && folder.has_relative_path(); ++i, folder = folder.parent_path())
        if (there(folder / ".deps/video/vtest.avi")) return folder / ".deps/video/vtest.avi";
    for (const char* file :
         {"/usr/share/chairside/demo.avi", "/usr/share/doc/opencv-doc/examples/data/vtest.avi"})
        if (there(file)) return file;
    return std::nullopt;
}

}  // namespace chairside
