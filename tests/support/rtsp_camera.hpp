#pragma once
// A real RTSP server beside the test (rtsp_server.py), playing a video file in a loop.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace chairside::testing {

// Threads: one. Stops with the object.
class RtspCamera {
  public:
    // Null where GStreamer's server or its plugins are missing; tests then skip. `extra`: more arguments of
    // the script.
    static std::unique_ptr<RtspCamera> start(const std::filesystem::path& video,
                                             std::vector<std::string> extra = {});

    // "rtsp://127.0.0.1:PORT/cam"; `user` is "name:password@" or empty.
    std::string url(const std::string& user = "", const std::string& path = "/cam") const;
    void kill() { process_->kill(); }
    // Holds the server: connections stay open, nothing comes any more.
    void freeze() const;

  private:
    RtspCamera(std::unique_ptr<ChildProcess> process, std::string port)
        : process_(std::move(process)), port_(std::move(port)) {}
    std::unique_ptr<ChildProcess> process_;
    std::string port_;
};

}  // namespace chairside::testing
