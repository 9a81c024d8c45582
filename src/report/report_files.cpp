#include "report/report_files.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>

namespace chairside {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> io_error(const fs::path& file, const std::string& what, int cause) {
    return fail(ErrorKind::kIo, file.string() + ": " + what + " (" + std::strerror(cause) + ")");
}

fs::path temporary(const fs::path& file) {
    return file.parent_path() / ("." + file.filename().string() + ".part");
}

Result<void> sync(const fs::path& file, int flags) {
    const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return io_error(file, "cannot be opened", errno);
    const int done = ::fsync(descriptor);
    const int cause = errno;
    ::close(descriptor);
    if (done != 0) return io_error(file, "cannot be written to the disk", cause);
    return {};
}

Result<void> put_in_place(const fs::path& part, const fs::path& file) {
    auto synced = sync(part, O_WRONLY);
    if (!synced) return synced;
    if (::rename(part.c_str(), file.c_str()) != 0) return io_error(file, "cannot be put in place", errno);
    return sync(file.has_parent_path() ? file.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

std::string safe_name(const std::string& branch) {
    std::string out = branch;
    for (char& c : out) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (!plain) c = '_';
    }
    return out;
}

bool gzip(const fs::path& to, const std::string& content) {
    gzFile out = gzopen(to.c_str(), "wb9");
    if (out == nullptr) return false;
    constexpr std::size_t kPiece = 1u << 20;
    bool good = true;
    for (std::size_t at = 0; good && at < content.size(); at += kPiece) {
        const auto size = static_cast<unsigned>(std::min(kPiece, content.size() - at));
        good = gzwrite(out, content.data() + at, size) == static_cast<int>(size);
    }
    return gzclose(out) == Z_OK && good;
}

}  // namespace

Result<void> write_whole(const fs::path& file, const std::string& content) {
    const fs::path part = temporary(file);
    errno = 0;
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
        out.close();
        if (!out) {
            const int cause = errno;
            ::unlink(part.c_str());
            return io_error(file, "cannot be written", cause);
        }
    }
    return put_in_place(part, file);
}

Result<void> compress(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return io_error(file, "cannot be read", errno);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    const fs::path target = file.string() + ".gz";
    const fs::path part = temporary(target);
    errno = 0;
    if (in.bad() || !gzip(part, content)) {
        const int cause = errno;
        ::unlink(part.c_str());
        return io_error(target, "cannot be written", cause);
    }
    if (auto done = put_in_place(part, target); !done) return done;
    if (::unlink(file.c_str()) != 0) return io_error(file, "is compressed, but cannot be removed", errno);
    return {};
}

std::string report_stem(const std::string& branch, const std::string& from_date, const std::string& to_date) {
    const std::string stem = safe_name(branch) + "_" + from_date;
    return from_date == to_date ? stem : stem + "_" + to_date;
}

Result<std::vector<ReportFile>> report_files(const fs::path& folder, const std::string& branch) {
    static const std::regex kRest(R"(_(?:\d{4}-\d\d-\d\d_)?(\d{4}-\d\d-\d\d)\.(?:csv|txt|html|json)(\.gz)?)");
    const std::string prefix = safe_name(branch);
    std::vector<ReportFile> out;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        std::smatch match;
        if (name.compare(0, prefix.size(), prefix) != 0) continue;
        const std::string rest = name.substr(prefix.size());
        std::error_code ignored;
        if (!std::regex_match(rest, match, kRest) || !at->is_regular_file(ignored)) continue;
        out.push_back({at->path(), match[1].str(), match[2].matched});
    }
    if (error) return fail(ErrorKind::kIo, folder.string() + ": cannot be read (" + error.message() + ")");
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
}

}  // namespace chairside
