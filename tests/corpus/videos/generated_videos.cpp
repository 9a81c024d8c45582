#include "corpus/videos/generated_videos.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

namespace chairside::testing {
namespace {

namespace fs = std::filesystem;

struct Recipe {
    const char* name;
    bool good;
    const char* arguments;  // of ffmpeg, before the output's name; "@x" is the file of recipe x
};

// x264 is only used to make test material; the product does not link it.
constexpr Recipe kRecipes[] = {
    {"normal.mp4", true,
     "-f lavfi -i testsrc2=s=320x240:r=25:d=4 -c:v libx264 -g 25 -bf 0 -movflags +faststart"},
    {"normal.mkv", true, "-i @normal.mp4 -c copy"},
    {"normal.ts", true, "-i @normal.mp4 -c copy"},
    {"normal.avi", true, "-f lavfi -i testsrc2=s=320x240:r=25:d=4 -c:v mpeg4 -q:v 4 -g 25"},
    {"normal.flv", true, "-i @normal.mp4 -c copy"},
    {"ten_fps.mp4", true, "-f lavfi -i testsrc2=s=160x120:r=10:d=6 -c:v mpeg4 -q:v 4"},
    {"ten_fps.mkv", true, "-i @ten_fps.mp4 -c copy"},
    {"thirty_fps.mkv", true, "-f lavfi -i testsrc2=s=160x120:r=30:d=4 -c:v mpeg4 -q:v 4"},
    {"ntsc_fps.mkv", true, "-f lavfi -i testsrc2=s=160x120:r=30000/1001:d=4 -c:v mpeg4 -q:v 4"},
    {"vfr.mkv", true,
     "-f lavfi -i testsrc2=s=160x120:r=25:d=8 -vf 'select=lt(mod(n\\,50)\\,20)+not(mod(n\\,7))' -vsync vfr "
     "-c:v "
     "mpeg4 -q:v 4"},
    {"odd_size.avi", true, "-f lavfi -i testsrc2=s=321x243:r=10:d=1 -c:v mpeg4 -q:v 4"},
    {"odd_size_444.mkv", true,
     "-f lavfi -i testsrc2=s=321x243:r=10:d=1 -pix_fmt yuv444p -c:v libx264 -preset ultrafast"},
    {"tiny.mkv", true, "-f lavfi -i testsrc2=s=17x9:r=10:d=1 -c:v ffv1 -pix_fmt yuv420p"},
    {"uhd.mp4", true, "-f lavfi -i testsrc2=s=3840x2160:r=5:d=1 -c:v libx264 -preset ultrafast"},
    {"ten_bit.mkv", true,
     "-f lavfi -i testsrc2=s=320x240:r=10:d=1 -pix_fmt yuv420p10le -c:v libx264 -preset ultrafast"},
    {"rotated.mp4", true, "-i @normal.mp4 -c copy -metadata:s:v rotate=90"},
    {"full_range.avi", true, "-f lavfi -i testsrc2=s=320x240:r=10:d=2 -c:v mjpeg -pix_fmt yuvj422p -q:v 4"},
    {"bframes.mkv", true, "-f lavfi -i testsrc2=s=320x240:r=25:d=3 -c:v libx264 -bf 3 -g 50"},
    {"palette.gif", true, "-f lavfi -i testsrc2=s=64x48:r=10:d=1"},
    {"grey.mkv", true, "-f lavfi -i testsrc2=s=160x120:r=10:d=1 -pix_fmt gray -c:v ffv1"},
    {"raw_rgb.avi", true, "-f lavfi -i testsrc2=s=63x47:r=10:d=1 -c:v rawvideo -pix_fmt bgr24"},
    {"with_sound.mp4", true, "-i @normal.mp4 -f lavfi -i sine=d=4 -c:v copy -c:a aac -shortest"},
    {"late_start.ts", true, "-i @normal.mp4 -c copy -output_ts_offset 5000"},
    {"raw.h264", true, "-i @normal.mp4 -c copy -bsf:v h264_mp4toannexb"},
    {"raw_large.h264", true, "-f lavfi -i testsrc2=s=480x360:r=25:d=1 -c:v libx264 -g 25 -bf 0"},
    {"red.mkv", true, "-f lavfi -i color=c=red:s=320x240:r=10:d=1 -c:v ffv1 -pix_fmt yuv420p"},
    {"red_full_range.avi", true,
     "-f lavfi -i color=c=red:s=320x240:r=10:d=1 -c:v mjpeg -pix_fmt yuvj420p -q:v 2"},
    {"red_ten_bit.mkv", true, "-f lavfi -i color=c=red:s=320x240:r=10:d=1 -c:v ffv1 -pix_fmt yuv422p10le"},
    {"red_hd.mkv", true,
     "-f lavfi -i color=c=red:s=1280x720:r=5:d=1 -vf scale=out_color_matrix=bt709 -colorspace bt709 -c:v "
     "ffv1 -pix_fmt yuv420p"},
    {"quarters.mkv", true,
     "-f lavfi -i color=c=red:s=160x120:r=10:d=1 -f lavfi -i color=c=lime:s=160x120:r=10:d=1 "
     "-f lavfi -i color=c=blue:s=160x120:r=10:d=1 -f lavfi -i color=c=white:s=160x120:r=10:d=1 "
     "-filter_complex '[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack' -c:v ffv1 -pix_fmt yuv444p"},
    // Not videos.
    {"index_at_end.mp4", false, "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -c:v mpeg4"},
    {"sound.mp4", false, "-f lavfi -i sine=d=1 -c:a aac"},
    {"sound.wav", false, "-f lavfi -i sine=d=1"},
    {"sound.mp3", false, "-f lavfi -i sine=d=1"},
    {"picture.png", false, "-f lavfi -i testsrc2=s=160x120:r=1:d=1 -frames:v 1"},
    {"picture.jpg", false, "-f lavfi -i testsrc2=s=160x120:r=1:d=1 -frames:v 1"},
    {"cover.m4a", false,
     "-f lavfi -i sine=d=1 -i @picture.png -map 0 -map 1 -c:a aac -c:v png -disposition:v attached_pic"},
    {"attachment.mkv", false,
     "-f lavfi -i sine=d=1 -c:a aac -attach @picture.png -metadata:s:t mimetype=image/png"},
    {"no_frames.mp4", false, "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -frames:v 0 -c:v mpeg4"},
    {"no_frames.avi", false, "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -frames:v 0 -c:v mpeg4"},
};

const Recipe& recipe(const std::string& name) {
    const auto* found = std::find_if(std::begin(kRecipes), std::end(kRecipes),
                                     [&](const Recipe& r) { return name == r.name; });
    if (found == std::end(kRecipes)) throw std::runtime_error("no recipe makes " + name);
    return *found;
}

// The arguments with every "@x" replaced by the file of recipe x.
std::string with_inputs(const std::string& arguments) {
    std::string out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] != '@') {
            out += arguments[i];
            continue;
        }
        const auto end = std::min(arguments.find(' ', i), arguments.size());
        out += "'" + generated_video(arguments.substr(i + 1, end - i - 1)).string() + "'";
        i = end - 1;
    }
    return out;
}

std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string text;
    char buffer[4096];
    while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
        text.append(buffer, n);
    if (::pclose(pipe) != 0) throw std::runtime_error(command + ": " + text);
    return text;
}

// A folder of this process; gone when the process ends.
struct Scratch {
    Scratch() : path(fs::temp_directory_path() / ("chairside-test-" + std::to_string(::getpid()))) {
        fs::create_directories(path);
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path path;
};

}  // namespace

bool can_generate_videos() {
    static const bool found =
        std::system("ffmpeg -version > /dev/null 2>&1") == 0;  // NOLINT(concurrency-mt-unsafe)
    return found;
}

fs::path generated_video(const std::string& name) {
    const Recipe& made = recipe(name);
    const fs::path folder = fs::temp_directory_path() / ("chairside-corpus-" + std::to_string(::getuid()));
    const auto version = std::to_string(std::hash<std::string>{}(made.arguments) % 100000);
    const fs::path file =
        folder / (fs::path(name).stem().string() + "-" + version + fs::path(name).extension().string());
    if (fs::exists(file)) return file;
    fs::create_directories(folder);
    // Others may make the same file right now: whole files appear at once.
    const fs::path unfinished = folder / ("part-" + std::to_string(::getpid()) + "-" + name);
    output_of("ffmpeg -nostdin -hide_banner -v error -y " + with_inputs(made.arguments) +
              " -threads 1 -bitexact '" + unfinished.string() + "'");
    fs::rename(unfinished, file);
    return file;
}

std::vector<std::string> good_videos() {
    std::vector<std::string> names;
    for (const Recipe& r : kRecipes) {
        if (r.good) names.emplace_back(r.name);
    }
    return names;
}

fs::path scratch_file(const std::string& name) {
    static const Scratch scratch;
    return scratch.path / name;
}

std::vector<std::uint8_t> read_bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

fs::path write_bytes(const fs::path& file, const std::vector<std::uint8_t>& bytes) {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file;
}

}  // namespace chairside::testing
