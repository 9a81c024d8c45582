#pragma once
// What embed_pages.py writes: the files of web/dist. Private to pages.cpp.

#include <span>
#include <string_view>

namespace chairside {

struct PageFile {
    std::string_view path, type, etag;
    std::string_view plain, gzip;  // gzip: empty where it would not be smaller
};

std::span<const PageFile> page_files();
extern const std::string_view kPagesBuild;

}  // namespace chairside
