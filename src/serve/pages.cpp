#include "serve/pages.hpp"

#include <algorithm>

#include "serve/answer.hpp"
#include "serve/pages_data.hpp"

namespace chairside {
namespace {

constexpr std::string_view kNoPages =
    "<!doctype html><meta charset=utf-8><title>Chairside</title><p>This program was built without its pages. "
    "What they "
    "would show is at <a href=/api/v1/session>/api/v1</a>; docs/api.md describes it.";

const PageFile* find(std::string_view path) {
    const auto files = page_files();
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const PageFile& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

bool is_place(std::string_view path) {
    return path.find('.', path.rfind('/')) == std::string_view::npos;
}

// "gzip;q=0" refuses it; browsers say plain "gzip".
bool takes_gzip(const WebRequest& request) {
    const std::string_view accepted = request.header("accept-encoding");
    const auto at = accepted.find("gzip");
    return at != std::string_view::npos && !accepted.substr(at).starts_with("gzip;q=0");
}

}  // namespace

std::string pages_build() {
    return std::string(kPagesBuild);
}

WebResponse answer_page(const WebRequest& request) {
    if (request.method != "GET") {
        Problem wrong = problem(405, "Pages can only be read.").value();
        wrong.headers.emplace_back("Allow", "GET");
        return as_response(wrong);
    }
    const PageFile* file = find(request.path == "/" ? "/index.html" : std::string_view(request.path));
    if (file == nullptr && is_place(request.path)) file = find("/index.html");
    WebResponse out;
    if (file == nullptr && page_files().empty() && is_place(request.path)) {
        out.type = "text/html; charset=utf-8";
        out.fixed = kNoPages;
        return out;
    }
    if (file == nullptr) return as_response(problem(404, "There is no such page.").value());
    const bool forever = file->path.starts_with("/assets/");
    out.headers = {{"Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache"},
                   {"ETag", std::string(file->etag)},
                   {"Vary", "Accept-Encoding"}};
    if (request.header("if-none-match").find(file->etag) != std::string_view::npos) {
        out.status = 304;
        return out;
    }
    out.type = std::string(file->type);
    const bool gzip = !file->gzip.empty() && takes_gzip(request);
    if (gzip) out.headers.emplace_back("Content-Encoding", "gzip");
    out.fixed = gzip ? file->gzip : file->plain;
    return out;
}

}  // namespace chairside
