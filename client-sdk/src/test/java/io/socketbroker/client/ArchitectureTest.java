package io.socketbroker.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.socketbroker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule SHOULD_KNOW_PROTOCOL_AND_LINUX_ONLY = classes()
            .that()
            .resideInAPackage("io.socketbroker.client..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.socketbroker.client..",
                    "io.socketbroker.v1..",
                    "io.socketbroker.linux..",
                    "io.grpc..",
                    "io.netty..",
                    "com.google.protobuf..",
                    "com.google.rpc..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule SHOULD_START_HANDLERS_WITHOUT_GRPC_AND_NETTY = noClasses()
            .that()
            .haveNameMatching("io\\.socketbroker\\.client\\.(ActivationContext|ActivatedHandler)")
            .or()
            .haveNameMatching(
                    "io\\.socketbroker\\.client\\.(ActivatedSocket|HandlerEnvironment|Lease|LeaseEnd|HandlerCall)")
            .or()
            .haveNameMatching(
                    "io\\.socketbroker\\.client\\.(LeasedDescriptor|Claims|FdConnection|FdErrors|LaunchedWork)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.netty..");

    @ArchTest
    static final ArchRule SHOULD_LEAVE_NATIVE_CODE_TO_LINUX = noClasses()
            .that()
            .resideInAPackage("io.socketbroker.client..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign..");
}
