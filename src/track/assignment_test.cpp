#include "track/assignment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>

namespace chairside {
namespace {

struct Problem {
    int rows = 0, columns = 0;
    std::vector<int> row_begin{0};
    std::vector<AssignmentPair> pairs;

    double cost(int row, int column) const {
        for (int k = row_begin[row]; k < row_begin[row + 1]; ++k)
            if (pairs[k].column == column) return pairs[k].cost;
        return 1e9;
    }
};

// Costs are multiples of 1/8, so sums are exact and ties are common.
Problem random_problem(unsigned seed, int size_max, double density) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> size(0, size_max), eighths(1, 16);
    std::uniform_real_distribution<double> unit(0, 1);
    Problem p;
    p.rows = size(random);
    p.columns = size(random);
    for (int r = 0; r < p.rows; ++r) {
        for (int c = 0; c < p.columns; ++c)
            if (unit(random) < density) p.pairs.push_back({c, (4 - eighths(random)) / 8.0});
        p.row_begin.push_back(static_cast<int>(p.pairs.size()));
    }
    return p;
}

double best_by_trying_all(const Problem& p, int row, std::vector<char>& taken) {
    if (row == p.rows) return 0;
    double best = best_by_trying_all(p, row + 1, taken);
    for (int k = p.row_begin[row]; k < p.row_begin[row + 1]; ++k) {
        const auto& pair = p.pairs[k];
        if (taken[pair.column]) continue;
        taken[pair.column] = 1;
        best = std::min(best, pair.cost + best_by_trying_all(p, row + 1, taken));
        taken[pair.column] = 0;
    }
    return best;
}

double total(const Problem& p, std::span<const int> column_of_row) {
    double sum = 0;
    std::vector<char> taken(p.columns, 0);
    for (int r = 0; r < p.rows; ++r) {
        if (column_of_row[r] < 0) continue;
        const double cost = p.cost(r, column_of_row[r]);
        EXPECT_LT(cost, 0) << "a pair that is no better than none was chosen";
        EXPECT_FALSE(taken[column_of_row[r]]) << "a column was given twice";
        taken[column_of_row[r]] = 1;
        sum += cost;
    }
    return sum;
}

TEST(Assignment, IsAsGoodAsTryingAllOnSmallProblems) {
    rc::check([](unsigned seed) {
        AssignmentSolver solver;
        for (const double density : {0.3, 1.0}) {
            const Problem p = random_problem(seed, 6, density);
            std::vector<char> taken(p.columns, 0);
            RC_ASSERT(total(p, solver.solve(p.row_begin, p.pairs, p.columns)) ==
                      best_by_trying_all(p, 0, taken));
        }
    });
}

TEST(Assignment, NeverLosesAgainstExchangingTwoRowsOnLargeProblems) {
    AssignmentSolver solver;
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Problem p = random_problem(seed, 60, 0.5);
        const auto columns = solver.solve(p.row_begin, p.pairs, p.columns);
        total(p, columns);
        const auto cost = [&](int r, int c) { return c < 0 ? 0.0 : p.cost(r, c); };
        for (int a = 0; a < p.rows; ++a)
            for (int b = 0; b < a; ++b)
                EXPECT_LE(cost(a, columns[a]) + cost(b, columns[b]),
                          cost(a, columns[b]) + cost(b, columns[a]));
    }
}

TEST(Assignment, PrefersOneGoodPairToTwoPoorOnes) {
    // Row 0 could take column 0 (-0.1) and row 1 column 1 (-0.1), or row 1 column 0 (-0.9) alone.
    AssignmentSolver solver;
    const std::vector<int> begin{0, 1, 3};
    const std::vector<AssignmentPair> pairs{{0, -0.1}, {0, -0.9}, {1, -0.1}};
    const auto columns = solver.solve(begin, pairs, 2);
    EXPECT_EQ(columns[0], -1);
    EXPECT_EQ(columns[1], 0);
}

TEST(Assignment, AcceptsNoRowsAndNoColumns) {
    AssignmentSolver solver;
    EXPECT_TRUE(solver.solve(std::vector<int>{0}, {}, 3).empty());
    const auto columns = solver.solve(std::vector<int>{0, 0, 0}, {}, 0);
    ASSERT_EQ(columns.size(), 2U);
    EXPECT_EQ(columns[0], -1);
    EXPECT_EQ(columns[1], -1);
}

TEST(Assignment, CanBeReusedForProblemsOfAnySize) {
    AssignmentSolver reused;
    for (unsigned seed = 0; seed < 50; ++seed) {
        const Problem p = random_problem(seed, seed % 2 ? 30 : 3, 0.4);
        AssignmentSolver fresh;
        const double expected = total(p, fresh.solve(p.row_begin, p.pairs, p.columns));
        EXPECT_EQ(total(p, reused.solve(p.row_begin, p.pairs, p.columns)), expected);
    }
}

}  // namespace
}  // namespace chairside
