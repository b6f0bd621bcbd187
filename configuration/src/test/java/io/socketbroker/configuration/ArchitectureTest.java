package io.socketbroker.configuration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.socketbroker.configuration", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule SHOULD_KNOW_THE_PROTOCOL_AND_THE_KERNEL_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.socketbroker.configuration..",
                    "io.socketbroker.v1..",
                    "io.socketbroker.linux..",
                    "com.google.protobuf..",
                    "com.fasterxml.jackson..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule SHOULD_READ_TOML_IN_ONE_PLACE = noClasses()
            .that()
            .haveNameNotMatching(".*\\.TomlText(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..");
}
