"""Each rule of tools/tidy.py must be able to fail, and must let the right thing pass."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import tidy  # noqa: E402
from tidy_source import comment_lines, functions, python_functions  # noqa: E402

CMAKE = "add_subdirectory(src/base)\nadd_subdirectory(src/track)\nadd_subdirectory(src/store)\n"


def tree(**texts):
    """Keys are paths with __ for / and ___ for a dot."""
    files = {"CMakeLists.txt": CMAKE}
    files.update({key.replace("___", ".").replace("__", "/"): text for key, text in texts.items()})
    return tidy.Tree(files)


def found(rule, **texts):
    return [(b.path, b.line) for b in rule(tree(**texts))]


class IncludeOrder(unittest.TestCase):
    def test_folder_may_use_those_above(self):
        self.assertEqual(found(tidy.include_order, src__track__a___cpp='#include "base/x.hpp"\n#include "track/a.hpp"\n'), [])

    def test_folder_may_not_use_those_below(self):
        self.assertEqual(found(tidy.include_order, src__track__a___cpp='\n#include "store/x.hpp"\n'),
                         [("src/track/a.cpp", 2)])

    def test_folder_must_be_in_the_list(self):
        self.assertEqual(found(tidy.include_order, src__utils__a___cpp=""), [("CMakeLists.txt", 1)])


class ThirdParty(unittest.TestCase):
    def test_library_only_in_its_folder(self):
        self.assertEqual(found(tidy.third_party, src__store__a___cpp="#include <sqlite3.h>\n"), [])
        for header in ("sqlite3.h", "libavcodec/avcodec.h", "libswscale/swscale.h", "openvino/c/openvino.h", "curl/curl.h",
                       "yaml-cpp/yaml.h", "cairo.h", "boost/asio.hpp", "boost/beast/http.hpp", "CLI/CLI.hpp"):
            self.assertEqual(found(tidy.third_party, src__base__a___cpp=f"#include <{header}>\n"), [("src/base/a.cpp", 1)],
                             header)

    def test_benchmarks_compare_with_bare_libraries(self):
        self.assertEqual(found(tidy.third_party, bench__a___cpp="#include <openvino/c/openvino.h>\n"), [])

    def test_unknown_library(self):
        self.assertEqual(found(tidy.third_party, src__base__a___cpp="#include <opencv2/core.hpp>\n"), [("src/base/a.cpp", 1)])

    def test_standard_and_system_headers_are_free(self):
        self.assertEqual(found(tidy.third_party, src__base__a___cpp="#include <vector>\n#include <sys/un.h>\n#include <fcntl.h>\n"),
                         [])

    def test_test_libraries_only_in_tests(self):
        self.assertEqual(found(tidy.third_party, src__base__a_test___cpp="#include <gtest/gtest.h>\n"), [])
        self.assertEqual(found(tidy.third_party, src__base__a___cpp="#include <gtest/gtest.h>\n"), [("src/base/a.cpp", 1)])

    def test_private_header_may_show_a_library_to_its_folder_only(self):
        header = {"src__store__raw___hpp": "#include <sqlite3.h>\n"}
        inside = {"src__store__a___cpp": '#include "store/raw.hpp"\n'}
        outside = {"src__report__a___cpp": '#include "store/raw.hpp"\n'}
        self.assertEqual(found(tidy.third_party, **header, **inside), [])
        self.assertEqual(found(tidy.third_party, **header, **inside, **outside), [("src/store/raw.hpp", 1)])


class Headers(unittest.TestCase):
    def test_pragma_once(self):
        self.assertEqual(found(tidy.header_guards, src__base__a___hpp="int x;\n"), [("src/base/a.hpp", 1)])
        self.assertEqual(found(tidy.header_guards, src__base__a___hpp="#pragma once\nint x;\n"), [])

    def test_using_namespace(self):
        self.assertEqual(found(tidy.header_guards, src__base__a___hpp="#pragma once\nusing namespace std;\n"),
                         [("src/base/a.hpp", 2)])

    def test_own_header_first(self):
        right = '#include "base/a.hpp"\n#include <vector>\n'
        wrong = '#include <vector>\n#include "base/a.hpp"\n'
        header = {"src__base__a___hpp": ""}
        self.assertEqual(found(tidy.own_header_first, src__base__a___cpp=right, **header), [])
        self.assertEqual(found(tidy.own_header_first, src__base__a___cpp=wrong, **header), [("src/base/a.cpp", 1)])
        self.assertEqual(found(tidy.own_header_first, src__base__a___cpp="int x;\n", **header), [("src/base/a.cpp", 1)])
        self.assertEqual(found(tidy.own_header_first, src__base__b___cpp=wrong, **header), [])


class DeadFiles(unittest.TestCase):
    def test_source_in_no_list(self):
        lists = {"src__base__CMakeLists___txt": "chairside_module(base SOURCES a.cpp deep/c.cpp)\n"}
        self.assertEqual(found(tidy.listed_in_cmake, src__base__a___cpp="", src__base__deep__c___cpp="", **lists), [])
        self.assertEqual(found(tidy.listed_in_cmake, src__base__b___cpp="", **lists), [("src/base/b.cpp", 1)])

    def test_fuzz_target_goes_by_its_short_name(self):
        lists = {"fuzz__CMakeLists___txt": "chairside_fuzz(config DEPS detect)\n"}
        self.assertEqual(found(tidy.listed_in_cmake, fuzz__config_fuzz___cpp="", **lists), [])
        self.assertEqual(found(tidy.listed_in_cmake, fuzz__scene_fuzz___cpp="", **lists), [("fuzz/scene_fuzz.cpp", 1)])

    def test_name_inside_a_longer_name_does_not_count(self):
        lists = {"src__base__CMakeLists___txt": "chairside_module(base SOURCES aa.cpp)\n"}
        self.assertEqual(found(tidy.listed_in_cmake, src__base__a___cpp="", **lists), [("src/base/a.cpp", 1)])

    def test_header_that_nobody_includes(self):
        header = {"src__base__a___hpp": ""}
        self.assertEqual(found(tidy.dead_files, src__base__b___cpp='#include "base/a.hpp"\n', **header), [])
        self.assertEqual(found(tidy.dead_files, **header), [("src/base/a.hpp", 1)])

    def test_tool_that_nobody_names(self):
        self.assertEqual(found(tidy.dead_files, tools__make_it="", HACKING___md="run tools/make_it\n"), [])
        self.assertEqual(found(tidy.dead_files, tools__make_it=""), [("tools/make_it", 1)])


class Texts(unittest.TestCase):
    def assert_caught(self, text):
        self.assertEqual(found(tidy.texts_of_the_tree, docs__a___md="fine\n" + text), [("docs/a.md", 2)], text)

    def test_left_open(self):
        for word in ("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"):
            self.assert_caught(f"// {word}: later")
        self.assert_caught("throws: not " "implemented")

    def test_registry_hosts(self):
        for host in ("py" "pi.org/simple", "files.pythonho" "sted.org", "registry.npm" "js.org", "static.crat" "es.io",
                     "deb.deb" "ian.org/debian"):
            self.assert_caught(f"https://{host}")

    def test_paths_of_one_machine(self):
        for path in ("/wo" "rk/main", "/ho" "me/anna/x", "/ro" "ot/.cache/x"):
            self.assert_caught(f"see {path}")

    def test_ordinary_text_passes(self):
        text = "mktemp -d a.XXXXXX; src/work/x; https://example.com; $HOME/work/x; hackers; todo list\n"
        self.assertEqual(found(tidy.texts_of_the_tree, docs__a___md=text), [])


class Sizes(unittest.TestCase):
    @staticmethod
    def function(name, lines):
        return f"int {name}() {{\n" + "    x();\n" * (lines - 2) + "}\n"

    def lengths(self, ratchet=None, **texts):
        if ratchet is not None:
            texts["tools__tidy_ratchet___json"] = json.dumps(ratchet)
        return [(b.path, b.line, b.text) for b in tidy.lengths(tree(**texts))]

    def test_large_file(self):
        big = tidy.Tree({"a.bin": ""}, {"a.bin": tidy.FILE_BYTES + 1})
        self.assertEqual([b.path for b in tidy.large_files(big)], ["a.bin"])
        self.assertEqual(list(tidy.large_files(tidy.Tree({"a.bin": ""}, {"a.bin": tidy.FILE_BYTES}))), [])

    def test_long_file(self):
        self.assertEqual(self.lengths(tests__a___py="x = 1\n" * tidy.FILE_LINES), [])
        self.assertEqual([b[:2] for b in self.lengths(tests__a___py="x = 1\n" * (tidy.FILE_LINES + 1))], [("tests/a.py", 1)])

    def test_long_function_in_cpp(self):
        self.assertEqual(self.lengths(tests__a___cpp=self.function("f", 70)), [])
        self.assertEqual([b[:2] for b in self.lengths(tests__a___cpp="\n" + self.function("f", 71))], [("tests/a.cpp", 2)])

    def test_long_function_in_python(self):
        text = "def f():\n" + "    x()\n" * 70
        self.assertEqual([b[:2] for b in self.lengths(tests__a___py=text)], [("tests/a.py", 1)])

    def test_one_function_in_five_too_long_for_the_usual(self):
        texts = {f"src__base__f{i}___cpp": self.function("f", 31 if i % 5 == 0 else 5) for i in range(20)}
        self.assertIn("nine of ten functions", self.lengths(**texts)[0][2])

    def test_one_file_in_five_too_long_for_the_usual(self):
        texts = {f"src__base__f{i}___cpp": "int x;\n" * (401 if i % 5 == 0 else 5) for i in range(20)}
        self.assertIn("nine of ten files", self.lengths(**texts)[0][2])

    def test_ratchet_allows_what_stands_in_it(self):
        ratchet = {"functions": {"tests/a.cpp:f": 80}}
        self.assertEqual(self.lengths(ratchet, tests__a___cpp=self.function("f", 80)), [])
        self.assertEqual(len(self.lengths(ratchet, tests__a___cpp=self.function("f", 81))), 1)

    def test_ratchet_must_shrink_with_the_code(self):
        ratchet = {"functions": {"tests/a.cpp:f": 80}}
        self.assertIn("lower it to 75", self.lengths(ratchet, tests__a___cpp=self.function("f", 75))[0][2])
        self.assertIn("remove it", self.lengths(ratchet, tests__a___cpp=self.function("f", 20))[0][2])
        self.assertIn("remove it", self.lengths({"files": {"gone.py": 700}})[0][2])


class Functions(unittest.TestCase):
    def names(self, text):
        return [(f.name, f.lines) for f in functions(text)]

    def test_free_member_and_operator(self):
        self.assertEqual(self.names("namespace a {\nint f(int x) {\n    return x;\n}\nbool B::g() const noexcept { return 1; }\n"
                                    "bool operator==(A a, A b) {\n}\n}\n"), [("f", 3), ("B::g", 1), ("operator==", 2)])

    def test_bodies_inside_a_class(self):
        self.assertEqual(self.names("class A : public B {\n  public:\n    A() : x_{1}, y_(2) {\n        f();\n    }\n"
                                    "    int g() { return x_; }\n    int x_ = 0;\n    std::vector<int> v_{1, 2};\n};\n"),
                         [("A", 3), ("g", 1)])

    def test_lambda_and_control_belong_to_the_function(self):
        self.assertEqual(self.names("void f() {\n    auto g = [](int x) {\n        return x;\n    };\n    if (a) {\n    }\n}\n"),
                         [("f", 7)])

    def test_braces_in_text_do_not_count(self):
        self.assertEqual(self.names("void f() {\n    g(\"}\", '}', R\"(}})\");  // }\n    /* } */\n}\nvoid h() {\n}\n"),
                         [("f", 4), ("h", 2)])

    def test_digit_separator_is_no_quote(self):
        self.assertEqual(self.names("void f() {\n    g(1'000'000);\n}\nvoid h() {}\n"), [("f", 3), ("h", 1)])

    def test_data_is_no_function(self):
        self.assertEqual(self.names("struct P { int x; };\nconstexpr int k[] = {1, 2};\nenum class E { kA };\nconst P p{1};\n"), [])

    def test_table_in_parentheses_is_no_function(self):
        self.assertEqual(self.names("constexpr auto k = std::to_array<K>({\n    {1},\n});\nint f() { return 1; }\n"), [("f", 1)])

    def test_template_default_assigns_nothing(self):
        self.assertEqual(self.names("template <class T = A<int>>\nvoid f(T t) {\n}\n"), [("f", 2)])

    def test_named_lambda_is_a_function(self):
        self.assertEqual(self.names("const auto f = [](int x) {\n    return x;\n};\n")[0][1], 3)

    def test_name_of_a_test_case(self):
        self.assertEqual(self.names("TEST(Suite, Name) {\n    f();\n}\n"), [("TEST(Suite, Name)", 3)])

    def test_preprocessor_lines_are_skipped(self):
        self.assertEqual(self.names("#define M(x) { \\\n  }\nvoid f() {\n}\n"), [("f", 2)])

    def test_python(self):
        self.assertEqual([(f.name, f.lines) for f in python_functions("def f():\n    def g():\n        pass\n    g()\n")],
                         [("f", 4), ("g", 2)])

    def test_comment_lines(self):
        self.assertEqual(comment_lines("// a\nint x;  // b\n/* c\n d */\nint y;\n"), (4, 2))


class CommandLine(unittest.TestCase):
    def run_in(self, texts):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            for path, text in texts.items():
                (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / path).write_text(text)
            return subprocess.run([sys.executable, str(ROOT / "tools" / "tidy.py"), "--root", folder, "--report"],
                                  capture_output=True, text=True)

    def test_breach_is_printed_with_its_place_and_fails(self):
        result = self.run_in({"src/base/a.hpp": "\n#pragma once\nusing namespace std;\n"})
        self.assertEqual(result.returncode, 1)
        self.assertIn("src/base/a.hpp:3: using namespace in a header", result.stdout)

    def test_clean_tree_passes(self):
        result = self.run_in({"README.md": "hello\n"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("0 breaches", result.stdout)


if __name__ == "__main__":
    unittest.main()
