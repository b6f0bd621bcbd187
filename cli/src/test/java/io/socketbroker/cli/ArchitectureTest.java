package io.socketbroker.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.socketbroker.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule SHOULD_REACH_THE_BROKER_THROUGH_THE_SDK_ONLY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.socketbroker.cli..",
                    "io.socketbroker.client..",
                    "io.socketbroker.configuration..",
                    "io.socketbroker.v1..",
                    "io.socketbroker.linux..",
                    "com.google.protobuf..",
                    "com.google.rpc..",
                    "picocli..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule SHOULD_TELL_THE_DEMO_WITHOUT_THE_COMMANDS = noClasses()
            .that()
            .resideInAPackage("io.socketbroker.cli.demo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.socketbroker.cli");
}
