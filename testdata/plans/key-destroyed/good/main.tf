provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "Application data"
  enable_key_rotation = true
}

resource "aws_kms_key" "app_multi_region" {
  description         = "Application data, several Regions"
  enable_key_rotation = true
  multi_region        = true
}
