// Writes a day's report from a store; a service may be using the store meanwhile.
//   write_report STORE.db TIME-ZONE YYYY-MM-DD FOLDER

#include <cstdio>

#include "report/report_generator.hpp"
#include "store/store.hpp"

int main(int argc, char** argv) {
    using namespace chairside;
    if (argc != 5)
        return std::fprintf(stderr, "usage: write_report STORE.db TIME-ZONE YYYY-MM-DD FOLDER\n"), 2;
    const auto store = Store::open_read_only(argv[1]);
    const auto zone = TimeZone::find(argv[2]);
    if (!store || !zone)
        return std::fprintf(stderr, "%s\n", (!store ? store.error() : zone.error()).message.c_str()), 1;
    ReportsConfig config;
    config.dir = argv[4];
    const ReportGenerator reports(**store, *zone, config, "DEMO", "example");
    const auto summary = reports.summarize(argv[3], argv[3]);
    const auto files = reports.write(argv[3], argv[3]);
    if (!summary || !files)
        return std::fprintf(stderr, "%s\n", (!summary ? summary.error() : files.error()).message.c_str()), 1;
    std::printf("%s\n%s\n", reports.as_text(*summary).c_str(), files->csv.c_str());
}
