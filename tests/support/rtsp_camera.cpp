#include "support/rtsp_camera.hpp"

#include <csignal>

namespace chairside::testing {
namespace {

constexpr const char* kPython = "/usr/bin/python3";  // the system's: it is the one that has PyGObject
constexpr std::chrono::seconds kStartTime{40};

}  // namespace

std::unique_ptr<RtspCamera> RtspCamera::start(const std::filesystem::path& video,
                                              std::vector<std::string> extra) {
    std::vector<std::string> arguments{kPython, CHAIRSIDE_SOURCE_DIR "/tests/support/rtsp_server.py",
                                       video.string()};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    auto process = std::make_unique<ChildProcess>(arguments);
    const auto line = process->read_line(kStartTime);
    if (!line || !line->starts_with("port ")) return nullptr;
    return std::unique_ptr<RtspCamera>(new RtspCamera(std::move(process), line->substr(5)));
}

std::string RtspCamera::url(const std::string& user, const std::string& path) const {
    return "rtsp://" + user + "127.0.0.1:" + port_ + path;
}

void RtspCamera::freeze() const {
    process_->send_signal(SIGSTOP);
}

}  // namespace chairside::testing
