#pragma once
// The pages that the build put into the program (web/dist), compressed. Files under /assets/ have their hash in their name
// and never change; index.html is asked for each time. Where the build had no pages, one says so.

#include <string>

#include "serve/message.hpp"

namespace chairside {

// Names what is in the program; another build of the pages has another.
std::string pages_build();
// A path without a file's ending is a place within the pages and gets index.html.
WebResponse answer_page(const WebRequest& request);

}  // namespace chairside
