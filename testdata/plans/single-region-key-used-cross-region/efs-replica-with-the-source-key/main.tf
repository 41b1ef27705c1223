provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_efs_file_system" "data" {
  encrypted  = true
  kms_key_id = aws_kms_key.app.arn
}

resource "aws_efs_replication_configuration" "data" {
  source_file_system_id = aws_efs_file_system.data.id

  destination {
    region     = "eu-central-1"
    kms_key_id = aws_kms_key.app.arn
  }
}
