#include "capture/ffmpeg/input_error.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "capture/ffmpeg/av.hpp"
#include "capture/ffmpeg/av_log.hpp"

namespace chairside::av {
namespace {

std::string seconds_text(Duration time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g s", to_seconds(time));
    return text;
}

Error interrupted(const std::string& name, const Interrupt& interrupt) {
    if (interrupt.stopped()) return {ErrorKind::kCancelled, name + ": stopped"};
    return {ErrorKind::kUnavailable, name + ": no picture within " + seconds_text(interrupt.timeout())};
}

Error network_error(int code, const std::string& name) {
    switch (code) {
        case AVERROR_HTTP_UNAUTHORIZED:
            return {ErrorKind::kInvalid, name + ": the camera refuses user or password (401)"};
        case AVERROR_HTTP_FORBIDDEN:
            return {ErrorKind::kInvalid, name + ": the camera forbids this (403)"};
        case AVERROR_HTTP_NOT_FOUND:
            return {ErrorKind::kNotFound, name + ": the camera has no stream at this path (404)"};
        case AVERROR_HTTP_BAD_REQUEST:
        case AVERROR_HTTP_OTHER_4XX:
            return {ErrorKind::kInvalid, name + ": the camera refuses the request (4xx)"};
        case AVERROR_HTTP_SERVER_ERROR:
            return {ErrorKind::kUnavailable, name + ": the camera reports a fault of its own (5xx)"};
        case AVERROR(ECONNREFUSED):
            return {ErrorKind::kUnavailable, name + ": nothing listens there (connection refused)"};
        case AVERROR(EHOSTUNREACH):
        case AVERROR(ENETUNREACH):
            return {ErrorKind::kUnavailable, name + ": the host cannot be reached"};
        case AVERROR(ETIMEDOUT):
            return {ErrorKind::kUnavailable, name + ": the host does not answer"};
        case AVERROR_INVALIDDATA:
            return {ErrorKind::kUnavailable, name + ": what answers there sends no video that is known"};
        case AVERROR_EOF:
            return {ErrorKind::kUnavailable, name + ": the stream was ended by the other side"};
        case AVERROR_PROTOCOL_NOT_FOUND:
        case AVERROR(ENOMEM):
            return {ErrorKind::kInvalid, name + ": " + error_text(code)};
        default:
            return {ErrorKind::kUnavailable, name + ": " + error_text(code)};
    }
}

Error local_error(int code, const std::string& name) {
    switch (code) {
        case AVERROR(ENOENT):
            return {ErrorKind::kNotFound, name + ": there is no such file"};
        case AVERROR(EACCES):
        case AVERROR(EPERM):
            return {ErrorKind::kIo, name + ": may not be read (permission denied)"};
        case AVERROR(EBUSY):
            return {ErrorKind::kUnavailable, name + ": is in use by another program"};
        case AVERROR(ENODEV):
        case AVERROR(ENXIO):
            return {ErrorKind::kUnavailable, name + ": the device is not there"};
        case AVERROR(EIO):
            return {ErrorKind::kIo, name + ": cannot be read (input/output error)"};
        case AVERROR_INVALIDDATA:
            return {ErrorKind::kInvalid, name + ": this is not a video that can be read"};
        case AVERROR_EOF:
            return {ErrorKind::kEnd, name + ": end of the file"};
        default:
            return {ErrorKind::kInvalid, name + ": cannot be read as a video (" + error_text(code) + ")"};
    }
}

}  // namespace

Error input_error(int code, const std::string& name, bool network, const Interrupt& interrupt) {
    // Some protocols turn our own interruption into an error of theirs.
    if (code == AVERROR_EXIT || interrupt.due()) return interrupted(name, interrupt);
    Error error = network ? network_error(code, name) : local_error(code, name);
    const std::string detail = take_last_error();
    if (!detail.empty() && error.kind != ErrorKind::kEnd) error.message += "; " + detail;
    return error;
}

Result<void> check_path(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ec;
    const auto status = fs::status(path, ec);
    if (status.type() == fs::file_type::not_found)
        return fail(ErrorKind::kNotFound, path + ": there is no such file");
    if (ec) return fail(ErrorKind::kIo, path + ": " + ec.message());
    if (status.type() == fs::file_type::directory)
        return fail(ErrorKind::kInvalid, path + ": is a folder, not a video file");
    // A pipe could keep us waiting for ever.
    if (status.type() != fs::file_type::regular)
        return fail(ErrorKind::kInvalid, path + ": is neither a regular file nor a video device");
    if (::access(path.c_str(), R_OK) != 0)
        return fail(ErrorKind::kIo, path + ": may not be read (permission denied)");
    if (fs::file_size(path, ec) == 0 && !ec) return fail(ErrorKind::kInvalid, path + ": the file is empty");
    return {};
}

}  // namespace chairside::av
